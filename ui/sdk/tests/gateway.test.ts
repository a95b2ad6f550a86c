/** The life of a checkout as a shop sees it. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PaymentGatewayOptions } from "../checkout";
import { PaymentGateway } from "../src/gateway.ts";
import { frames, Page, settled } from "./page.ts";

const ORIGIN = "https://pay.example";
const SUCCESS = { paymentId: "pay_1", orderId: "order_1", signature: "ab" };
const FAILURE = { code: "PAYMENT_FAILED", description: "Declined", orderId: "order_1", retryable: true };

const shop = { onSuccess: vi.fn(), onFailure: vi.fn(), onClose: vi.fn() };
let made: PaymentGateway[];

function make(more: Partial<PaymentGatewayOptions> = {}): PaymentGateway {
  const gateway = new PaymentGateway({ key: "key_1", orderId: "order_1", origin: ORIGIN, ...shop, ...more });
  made.push(gateway);
  return gateway;
}

/** A gateway whose page is there. */
async function opened(
  more: Partial<PaymentGatewayOptions> = {},
): Promise<{ gateway: PaymentGateway; page: Page }> {
  const gateway = make(more);
  gateway.open();
  return { gateway, page: await new Page().ready() };
}

const dialog = () => document.querySelector<HTMLDialogElement>("[data-test-id=payment-modal]");
const closeButton = () => document.querySelector<HTMLButtonElement>("[data-test-id=close-modal-button]");
const words = () => document.querySelector("output")?.textContent;

beforeEach(() => {
  made = [];
  sessionStorage.clear();
  history.replaceState(null, "");
  document.body.innerHTML = '<div id="place"></div>';
  vi.spyOn(window, "scrollTo").mockImplementation(() => {});
});

afterEach(() => {
  for (const gateway of made) {
    gateway.destroy();
  }
  vi.restoreAllMocks();
  vi.clearAllMocks();
  vi.useRealTimers();
});

describe("opening", () => {
  test("shows a dialog with the frame of the order, by the ids that programs know", () => {
    make({ locale: "hi", theme: "dark" }).open();
    expect(dialog()?.open).toBe(true);
    expect(dialog()?.id).toBe("payment-gateway-modal");
    const [frame] = frames();
    const url = new URL(frame?.src ?? "");
    expect(url.origin + url.pathname).toBe(`${ORIGIN}/checkout`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      order_id: "order_1",
      embedded: "true",
      key: "key_1",
      theme: "dark",
      locale: "hi",
    });
    expect(frame?.title).toBe("भुगतान");
    expect(dialog()?.lang).toBe("hi");
  });

  test("twice shows one", () => {
    const gateway = make();
    gateway.open();
    gateway.open();
    expect(frames()).toHaveLength(1);
    expect(gateway.isOpen).toBe(true);
  });

  test("sends the port to the gateway's origin alone, with what the shop wants", async () => {
    const { page } = await opened({ prefill: { vpa: "a@b" }, confirmClose: true });
    expect(page.origin).toBe(ORIGIN);
    expect(page.options).toEqual({
      theme: "auto",
      prefill: { vpa: "a@b" },
      confirmClose: true,
      container: false,
    });
  });

  test("again after closing begins anew", async () => {
    const { gateway } = await opened();
    gateway.close();
    gateway.open();
    await new Page().ready();
    expect(frames()).toHaveLength(1);
    expect(shop.onClose).toHaveBeenCalledTimes(1);
  });

  test("in a place of the page shows no dialog, and goes when it is closed", async () => {
    const { gateway, page } = await opened({ container: "#place" });
    expect(dialog()).toBeNull();
    expect(closeButton()).toBeNull();
    expect(frames()[0]?.closest("#place")).not.toBeNull();
    expect(page.options?.container).toBe(true);
    await page.says({ type: "resize", data: { height: 321 } });
    expect(document.querySelector<HTMLElement>("#place > div")?.style.getPropertyValue("--h")).toBe("321px");
    expect(gateway.close()).toBe(true);
    expect(document.getElementById("place")?.childElementCount).toBe(0);
  });

  test("in a place that is not there says so", () => {
    expect(() => make({ container: "#nowhere" }).open()).toThrow("there is no element '#nowhere'");
  });
});

describe("what the page says", () => {
  test("reaches the shop's handlers, and those set by on until off", async () => {
    const { gateway, page } = await opened();
    const [more, gone] = [vi.fn(), vi.fn()];
    gateway.on("success", more).on("success", more).on("failure", gone).off("failure", gone);
    await page.says({ type: "payment_failed", data: FAILURE });
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(shop.onFailure).toHaveBeenCalledExactlyOnceWith(FAILURE);
    expect(shop.onSuccess).toHaveBeenCalledExactlyOnceWith(SUCCESS);
    expect(more).toHaveBeenCalledExactlyOnceWith(SUCCESS);
    expect(gone).not.toHaveBeenCalled();
    expect(gateway.isOpen).toBe(true);
  });

  test("a success is told once, also when the page was reloaded and says it again", async () => {
    const { page } = await opened();
    await page.says({ type: "payment_success", data: SUCCESS });
    const reloaded = await new Page().ready();
    await reloaded.says({ type: "payment_success", data: SUCCESS });
    expect(shop.onSuccess).toHaveBeenCalledTimes(1);
  });

  test("a handler that fails stops neither the others nor the checkout", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    shop.onSuccess.mockImplementationOnce(() => {
      throw new Error("the shop's mistake");
    });
    const { gateway, page } = await opened();
    const other = vi.fn();
    gateway.on("success", other);
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(other).toHaveBeenCalledTimes(1);
    expect(reported).toHaveBeenCalledTimes(1);
    vi.unstubAllGlobals();
  });

  test.each([
    ["malformed", "payment_success"],
    ["of no version", { type: "payment_success", data: SUCCESS }],
    ["with a field too many", { v: 1, type: "payment_success", data: { ...SUCCESS, card: "4242" } }],
    ["huge", { v: 1, type: "payment_failed", data: { ...FAILURE, description: "x".repeat(1_000_000) } }],
    ["of an inherited name", { v: 1, type: "toString", data: {} }],
  ])("is ignored when it is %s", async (_, value) => {
    const { page } = await opened();
    await page.saysRaw(value);
    expect(shop.onSuccess).not.toHaveBeenCalled();
    expect(shop.onFailure).not.toHaveBeenCalled();
  });

  test.each(["https://evil.test", "null", "https://pay.example.evil.test", ORIGIN])(
    "comes by the port alone: a message to the window from %s does nothing",
    async (origin) => {
      const { gateway } = await opened();
      for (const data of [{ v: 1, type: "payment_success", data: SUCCESS }, { type: "close_modal" }]) {
        const source = origin === ORIGIN ? frames()[0]?.contentWindow : window;
        window.dispatchEvent(Object.assign(new Event("message"), { data, origin, source, ports: [] }));
      }
      await settled();
      expect(shop.onSuccess).not.toHaveBeenCalled();
      expect(gateway.isOpen).toBe(true);
    },
  );

  test("is not heard from a document that has been replaced", async () => {
    const { page } = await opened();
    await new Page().ready();
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(shop.onSuccess).not.toHaveBeenCalled();
  });
});

describe("closing", () => {
  test("by the page takes all away, and tells the shop once", async () => {
    const { gateway, page } = await opened();
    await page.says({ type: "close_modal", data: {} });
    expect(dialog()).toBeNull();
    expect(gateway.isOpen).toBe(false);
    expect(shop.onClose).toHaveBeenCalledExactlyOnceWith({ orderId: "order_1", paid: false });
  });

  test("by the parent's button asks a page that is there, and shuts one that is not", async () => {
    const { gateway, page } = await opened();
    closeButton()?.click();
    await settled();
    expect(page.heard).toEqual([{ type: "close_requested", data: {} }]);
    expect(gateway.isOpen).toBe(true);
    gateway.close();
    gateway.open();
    closeButton()?.click();
    expect(gateway.isOpen).toBe(false);
  });

  test("by Esc and by the backdrop asks the page", async () => {
    const { page } = await opened();
    const cancel = new Event("cancel", { cancelable: true });
    dialog()?.dispatchEvent(cancel);
    expect(cancel.defaultPrevented).toBe(true);
    dialog()?.dispatchEvent(new Event("pointerdown"));
    dialog()?.dispatchEvent(new Event("click"));
    await settled();
    expect(page.heard.map(({ type }) => type)).toEqual(["close_requested", "close_requested"]);
  });

  test("is no matter of a press that began inside of the dialog", async () => {
    const { page } = await opened();
    document.querySelector("output")?.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    dialog()?.dispatchEvent(new Event("click"));
    await settled();
    expect(page.heard).toEqual([]);
  });

  test("a page that does not even hear can't keep the buyer", async () => {
    const { gateway } = await opened();
    vi.useFakeTimers();
    closeButton()?.click();
    vi.advanceTimersByTime(2999);
    expect(gateway.isOpen).toBe(true);
    vi.advanceTimersByTime(1);
    expect(gateway.isOpen).toBe(false);
  });

  test("by the phone's Back asks the page as well", async () => {
    const { gateway, page } = await opened();
    history.replaceState(null, "");
    window.dispatchEvent(new PopStateEvent("popstate"));
    await settled();
    expect(page.heard.filter(({ type }) => type === "close_requested")).toHaveLength(1);
    expect(gateway.isOpen).toBe(true);
  });

  test("a page that has heard may let the buyer think", async () => {
    const { gateway, page } = await opened({ confirmClose: true });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    closeButton()?.click();
    await page.says({ type: "heard", data: {} });
    vi.advanceTimersByTime(60_000);
    expect(gateway.isOpen).toBe(true);
  });
});

describe("while a payment is under way", () => {
  test("nothing closes it, and the dialog says why", async () => {
    const { gateway, page } = await opened({ locale: "en" });
    const processing = vi.fn();
    gateway.on("processing", processing);
    await page.says({ type: "processing", data: { active: true } });
    expect(gateway.close()).toBe(false);
    closeButton()?.click();
    expect(words()).toBe("Your payment is in progress…");
    history.replaceState(null, "");
    window.dispatchEvent(new PopStateEvent("popstate"));
    await page.says({ type: "heard", data: {} });
    expect(gateway.isOpen).toBe(true);
    expect(page.heard.filter(({ type }) => type === "close_requested")).toEqual([]);
    await page.says({ type: "processing", data: { active: false } });
    expect(words()).toBe("");
    expect(processing.mock.calls.map(([told]) => told)).toEqual([
      { orderId: "order_1", active: true },
      { orderId: "order_1", active: false },
    ]);
    expect(gateway.close()).toBe(true);
  });

  test("a dialog that the browser closes by itself is shown again", async () => {
    const { page } = await opened();
    await page.says({ type: "processing", data: { active: true } });
    dialog()?.close();
    await settled();
    expect(dialog()?.open).toBe(true);
  });

  test("a dead page keeps the buyer no longer than one that is idle", async () => {
    const { gateway, page } = await opened();
    await page.says({ type: "processing", data: { active: true } });
    vi.useFakeTimers();
    closeButton()?.click();
    vi.advanceTimersByTime(3000);
    expect(gateway.isOpen).toBe(false);
    expect(PaymentGateway.pending()).toEqual({ orderId: "order_1", processing: true });
  });
});

describe("loading", () => {
  test("that takes too long is told, said, and can be tried again", async () => {
    vi.useFakeTimers();
    const gateway = make({ loadTimeoutMs: 500, locale: "de" });
    gateway.open();
    expect(dialog()?.dataset.state).toBe("loading");
    vi.advanceTimersByTime(500);
    expect(shop.onFailure).toHaveBeenCalledExactlyOnceWith({
      code: "frame_timeout",
      description: "The payment page did not load in time.",
      orderId: "order_1",
      retryable: true,
    });
    expect(words()).toBe("Die Zahlungsseite wurde nicht geladen.");
    const retry = document.querySelector<HTMLButtonElement>("iframe + button");
    expect(retry?.textContent).toBe("Noch einmal");
    retry?.click();
    expect(dialog()?.dataset.state).toBe("loading");
    vi.useRealTimers();
    await new Page().ready();
    expect(dialog()?.dataset.state).toBe("ready");
  });

  test("that ends late still ends well", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    make({ loadTimeoutMs: 500 }).open();
    vi.advanceTimersByTime(500);
    await new Page().ready();
    expect(dialog()?.dataset.state).toBe("ready");
  });

  test("that was in time is not told as a failure afterwards", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await opened({ loadTimeoutMs: 500 });
    vi.advanceTimersByTime(10_000);
    expect(shop.onFailure).not.toHaveBeenCalled();
  });
});

describe("destroying", () => {
  test("is safe before it is opened, while it loads, and twice", async () => {
    const never = make();
    never.destroy();
    never.destroy();
    vi.useFakeTimers();
    const loading = make();
    loading.open();
    loading.destroy();
    loading.destroy();
    vi.advanceTimersByTime(60_000);
    expect(document.querySelector(".paygate")).toBeNull();
    expect(shop.onFailure).not.toHaveBeenCalled();
    expect(shop.onClose).not.toHaveBeenCalled();
    expect(loading.close()).toBe(true);
    expect(() => loading.open()).toThrow("this one was destroyed. Make a new one.");
  });

  test("during a payment removes it in silence, and keeps the note of it", async () => {
    const { gateway, page } = await opened();
    await page.says({ type: "processing", data: { active: true } });
    gateway.destroy();
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(document.querySelector(".paygate")).toBeNull();
    expect(shop.onSuccess).not.toHaveBeenCalled();
    expect(PaymentGateway.pending()).toEqual({ orderId: "order_1", processing: true });
  });

  test("by a handler of its own is safe", async () => {
    const { gateway, page } = await opened();
    gateway.on("success", () => gateway.destroy());
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(document.querySelector(".paygate")).toBeNull();
  });
});

describe("after a reload of the shop's page", () => {
  test("it is known what was open, and whether a payment was under way", async () => {
    expect(PaymentGateway.pending()).toBeNull();
    const { page } = await opened();
    expect(PaymentGateway.pending()).toEqual({ orderId: "order_1", processing: false });
    await page.says({ type: "processing", data: { active: true } });
    expect(PaymentGateway.pending()).toEqual({ orderId: "order_1", processing: true });
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(PaymentGateway.pending()).toBeNull();
  });

  test("nothing is pending that was closed, and a stranger's note is none", async () => {
    const { gateway } = await opened();
    gateway.close();
    expect(PaymentGateway.pending()).toBeNull();
    for (const text of ["{", "null", "[]", "1", '{"processing":true}']) {
      sessionStorage.setItem("paygate:open", text);
      expect(PaymentGateway.pending()).toBeNull();
    }
  });

  test("a browser without storage pays all the same", async () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const { page } = await opened();
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(shop.onSuccess).toHaveBeenCalledTimes(1);
  });
});

describe("two on one page", () => {
  test("hear each its own page, and one of them bears the id", async () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const one = await opened({ onSuccess: first });
    const two = await opened({ orderId: "order_2", onSuccess: second });
    expect(document.querySelectorAll("#payment-gateway-modal")).toHaveLength(1);
    await two.page.says({ type: "payment_success", data: { ...SUCCESS, orderId: "order_2" } });
    expect(second).toHaveBeenCalledTimes(1);
    expect(first).not.toHaveBeenCalled();
    two.gateway.close();
    await one.page.says({ type: "payment_success", data: SUCCESS });
    expect(first).toHaveBeenCalledTimes(1);
  });

  test("hold the page still until both are closed", async () => {
    document.body.style.position = "relative";
    const one = await opened();
    const two = await opened({ orderId: "order_2" });
    expect(document.body.style.position).toBe("fixed");
    one.gateway.close();
    expect(document.body.style.position).toBe("fixed");
    two.gateway.close();
    expect(document.body.style.position).toBe("relative");
    expect(window.scrollTo).toHaveBeenCalledTimes(1);
  });
});

describe("how it looks", () => {
  test("changes with update, here and in the page", async () => {
    const { gateway, page } = await opened({ theme: "light", locale: "en" });
    gateway.update({ theme: "dark", locale: "ar-EG" });
    await settled();
    expect(dialog()?.dataset.theme).toBe("dark");
    expect(dialog()?.dir).toBe("rtl");
    expect(closeButton()?.title).toBe("إغلاق");
    expect(page.heard).toEqual([{ type: "update", data: { theme: "dark", locale: "ar-EG" } }]);
    expect(() => gateway.update({ locale: 1 as unknown as string })).toThrow("'locale' must be a language");
  });

  test("goes back to what it is by itself", async () => {
    const { gateway } = await opened({ theme: "dark", locale: "de" });
    gateway.update({ locale: undefined });
    expect([dialog()?.dataset.theme, dialog()?.lang]).toEqual(["dark", "en"]);
    gateway.update({ theme: undefined });
    expect(dialog()?.dataset.theme).toBe("auto");
  });

  test.each([
    ["pt-BR", "en"],
    ["fr-CA", "fr"],
    ["constructor", "en"],
  ])("the words for %s are those of %s", (locale, language) => {
    make({ locale }).open();
    expect(dialog()?.lang).toBe(language);
  });

  test("the browser's languages count where the shop says none", () => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["pt-BR", "es-MX", "de"]);
    make().open();
    expect(dialog()?.lang).toBe("es");
  });
});
