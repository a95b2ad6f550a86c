/** The hook and the button, under StrictMode, which mounts everything twice. */

import { act, type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { frames, Page } from "../../../sdk/tests/page.ts";
import type { PayButtonProps } from "../index";
import { PayButton, usePaymentGateway } from "../src/index.tsx";

const SUCCESS = { paymentId: "pay_1", orderId: "order_1", signature: "ab" };
const OPTIONS = { apiKey: "key_1", orderId: "order_1", origin: "https://pay.example" };

let root: ReturnType<typeof createRoot>;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("scrollTo", vi.fn());
  document.body.innerHTML = '<div id="root"></div>';
  sessionStorage.clear();
  history.replaceState(null, "");
  root = createRoot(document.getElementById("root") as Element);
});

afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const show = (what: ReactNode) => act(async () => root.render(<StrictMode>{what}</StrictMode>));
const button = () => document.querySelector<HTMLButtonElement>("#root button");
const press = () => act(async () => button()?.click());

function pay(props: Partial<PayButtonProps> = {}): ReactNode {
  return (
    <PayButton {...OPTIONS} {...props}>
      Pay
    </PayButton>
  );
}

/** The page of the frame, once it has loaded. */
async function loaded(): Promise<Page> {
  let page: Page | undefined;
  await act(async () => {
    page = await new Page().ready();
  });
  return page as Page;
}

function Shop() {
  const { status, open, close } = usePaymentGateway(OPTIONS);
  return (
    <>
      <button type="button" onClick={() => void open()}>
        {status}
      </button>
      <button type="button" onClick={() => close()}>
        Close
      </button>
    </>
  );
}

describe("PayButton", () => {
  test("opens one checkout, however often it is pressed", async () => {
    await show(pay());
    await press();
    await press();
    expect(frames()).toHaveLength(1);
    expect(frames()[0]?.src).toContain("order_id=order_1");
  });

  test("is a button that passes on what it does not need itself", async () => {
    await show(pay({ className: "big", disabled: true, "aria-label": "Pay now", nonce: "n" }));
    expect(button()?.outerHTML).toBe(
      '<button class="big" disabled="" aria-label="Pay now" type="button" aria-busy="false">Pay</button>',
    );
  });

  test("tells the handlers of the latest render", async () => {
    const [old, latest] = [vi.fn(), vi.fn()];
    await show(pay({ onSuccess: old }));
    await press();
    const page = await loaded();
    await show(pay({ onSuccess: latest }));
    await act(async () => void (await page.says({ type: "payment_success", data: SUCCESS })));
    expect(latest).toHaveBeenCalledExactlyOnceWith(SUCCESS);
    expect(old).not.toHaveBeenCalled();
  });

  test("can be pressed again once the buyer has closed", async () => {
    const onClose = vi.fn();
    await show(pay({ onClose }));
    await press();
    const page = await loaded();
    await act(async () => void (await page.says({ type: "close_modal", data: {} })));
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(frames()).toHaveLength(0);
    await press();
    expect(frames()).toHaveLength(1);
  });

  test("has the order created when it is pressed, once", async () => {
    let give: (id: string) => void = () => {};
    const create = vi.fn(() => new Promise<string>((resolve) => (give = resolve)));
    await show(pay({ orderId: create }));
    expect(create).not.toHaveBeenCalled();
    await press();
    await press();
    expect(button()?.ariaBusy ?? button()?.getAttribute("aria-busy")).toBe("true");
    await act(async () => give("order_9"));
    expect(create).toHaveBeenCalledTimes(1);
    expect(frames()[0]?.src).toContain("order_id=order_9");
    expect(button()?.getAttribute("aria-busy")).toBe("false");
  });

  test("opens nothing when it is gone before its order is there", async () => {
    let give: (id: string) => void = () => {};
    await show(pay({ orderId: () => new Promise<string>((resolve) => (give = resolve)) }));
    await press();
    await show(null);
    await act(async () => give("order_9"));
    expect(frames()).toHaveLength(0);
  });

  test("tells of an order that could not be created, and can be pressed again", async () => {
    const onError = vi.fn();
    const failure = new Error("sold out");
    const create = vi.fn(() => Promise.reject<string>(failure));
    await show(pay({ orderId: create, onError }));
    await press();
    await press();
    expect(onError.mock.calls).toEqual([[failure], [failure]]);
    expect(frames()).toHaveLength(0);
  });

  test("takes the checkout away with itself, and calls nobody afterwards", async () => {
    const handlers = { onSuccess: vi.fn(), onClose: vi.fn() };
    await show(pay(handlers));
    await press();
    const page = await loaded();
    await show(null);
    expect(document.querySelector(".paygate")).toBeNull();
    await page.says({ type: "payment_success", data: SUCCESS });
    expect(handlers.onSuccess).not.toHaveBeenCalled();
    expect(handlers.onClose).not.toHaveBeenCalled();
  });

  test("changes how an open checkout looks", async () => {
    await show(pay({ theme: "light" }));
    await press();
    await show(pay({ theme: "dark", locale: "de" }));
    const dialog = document.querySelector<HTMLElement>("dialog");
    expect([dialog?.dataset.theme, dialog?.lang]).toEqual(["dark", "de"]);
  });

  test("uses the gateway's own script where the page has loaded it", async () => {
    const made = vi.fn(() => ({ on: vi.fn(), open: vi.fn(), update: vi.fn(), destroy: vi.fn() }));
    vi.stubGlobal(
      "PaymentGateway",
      class {
        constructor(options: unknown) {
          // biome-ignore lint/correctness/noConstructorReturn: what it makes is seen so
          return made(...([options] as unknown as []));
        }
      },
    );
    await show(pay({ origin: undefined }));
    await press();
    expect(made).toHaveBeenCalledTimes(1);
    expect(frames()).toHaveLength(0);
  });
});

describe("usePaymentGateway", () => {
  test("tells how far it is, and closes", async () => {
    await show(<Shop />);
    expect(button()?.textContent).toBe("closed");
    await press();
    expect(button()?.textContent).toBe("open");
    const page = await loaded();
    await act(async () => void (await page.says({ type: "processing", data: { active: true } })));
    expect(button()?.textContent).toBe("processing");
    await act(async () => void (await page.says({ type: "processing", data: { active: false } })));
    await act(async () => document.querySelectorAll<HTMLButtonElement>("#root button")[1]?.click());
    expect(button()?.textContent).toBe("closed");
    expect(frames()).toHaveLength(0);
  });
});
