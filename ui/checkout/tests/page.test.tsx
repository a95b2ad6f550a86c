/** The page in a document: what a buyer finds, does and leaves behind. */

import { createRoot } from "react-dom/client";
import { afterEach, expect, it, vi } from "vitest";
import { App } from "../src/app.tsx";
import type { Bootstrap } from "../src/bootstrap.ts";
import { language } from "../src/i18n.ts";
import { en } from "../src/locales/en.ts";
import type { Link, Said } from "../src/parent.ts";
import { BOOTSTRAP, payment, told } from "./given.ts";

const NUMBER = "4000000000009995";
let unmount = (): void => undefined;

afterEach(() => {
  unmount();
  document.body.textContent = "";
  vi.unstubAllGlobals();
});

/** The page of this bootstrap, at a gateway that answers so; what it says to its parent is kept. */
function open(
  given: Partial<Bootstrap> = {},
  answer: () => Promise<Response> = () => Promise.reject(new Error()),
) {
  const said: Said[] = [];
  const parent: Link = { say: (message) => said.push(message), listen: () => undefined };
  const asked = vi.fn((..._: Parameters<typeof fetch>) => answer());
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("EventSource", undefined);
  const place = document.createElement("div");
  document.body.append(place);
  const root = createRoot(place);
  root.render(<App bootstrap={{ ...BOOTSTRAP, ...given }} first={language("en", en)} parent={parent} />);
  unmount = () => root.unmount();
  return { said, asked };
}

const all = (id: string): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>(`[data-test-id=${id}]`),
];

async function one(id: string): Promise<HTMLElement> {
  return await vi.waitFor(() => {
    const [found] = all(id);
    if (found === undefined || found.closest("[hidden]")) {
      throw new Error(`no ${id}`);
    }
    return found;
  });
}

async function type(id: string, text: string): Promise<void> {
  const input = (await one(id)) as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

async function payByCard(): Promise<void> {
  (await one("method-card")).click();
  await type("card-number-input", NUMBER);
  await type("expiry-input", "12/30");
  await type("cvv-input", "123");
  (await one("pay-button")).click();
}

const json = (status: number, body: unknown): Promise<Response> =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));

it("there is one button that pays, whatever the method", async () => {
  open();
  for (const [method, form, buttons] of [
    ["method-card", "card-form", 1],
    ["method-qr", "qr-panel", 0],
    ["method-upi", "upi-form", 1],
  ] as const) {
    (await one(method)).click();
    await one(form);
    await vi.waitFor(() => expect(all("pay-button")).toHaveLength(buttons));
  }
});

it("an empty form leads to its first field and says what is missing, tied to each field", async () => {
  const { asked } = open();
  (await one("method-card")).click();
  const input = await one("card-number-input");
  (await one("pay-button")).click();
  await vi.waitFor(() => expect(input.getAttribute("aria-invalid")).toBe("true"));
  expect(document.activeElement).toBe(input);
  for (const id of ["card-number-input", "expiry-input", "cvv-input"]) {
    const note = document.getElementById((await one(id)).getAttribute("aria-describedby") ?? "");
    expect(note?.textContent).toMatch(/^Enter /);
  }
  expect(asked).not.toHaveBeenCalled();
});

it("a number is told to be wrong once it is whole, and not before", async () => {
  open();
  (await one("method-card")).click();
  const input = await one("card-number-input");
  await type("card-number-input", "4242 4242 4242 424");
  expect(input.getAttribute("aria-invalid")).toBe("false");
  await type("card-number-input", "4242 4242 4242 4241");
  await vi.waitFor(() => expect(input.getAttribute("aria-invalid")).toBe("true"));
});

it("what the gateway refuses stays in its field to be corrected", async () => {
  open({}, () =>
    json(400, { error: { code: "EXPIRED_CARD", description: "Card has expired", field: "card" } }),
  );
  await payByCard();
  const expiry = (await one("expiry-input")) as HTMLInputElement;
  await vi.waitFor(() => expect(expiry.getAttribute("aria-invalid")).toBe("true"));
  await vi.waitFor(() => expect(document.activeElement).toBe(expiry));
  expect(expiry.value).toBe("12 / 30");
});

it("a double click is one payment", async () => {
  const { asked } = open({}, () => new Promise(() => undefined));
  await type("vpa-input", "asha@bank");
  const button = await one("pay-button");
  button.click();
  button.click();
  await one("processing-state");
  expect(asked).toHaveBeenCalledTimes(1);
});

it("a card is nowhere once its payment was made: in no field, text, storage, address, message or log", async () => {
  const logs = (["log", "warn", "error", "info", "debug"] as const).map((name) => vi.spyOn(console, name));
  const failed = {
    status: "failed",
    error_code: "PAYMENT_FAILED",
    decline_code: "insufficient_funds",
  } as const;
  const answers = [json(201, payment()), json(200, told(failed))];
  const { said } = open({}, () => answers.shift() ?? json(200, told(failed)));
  await payByCard();
  await one("error-state");
  await vi.waitFor(() =>
    expect(said.at(-1)).toMatchObject({
      type: "payment_failed",
      data: { declineCode: "insufficient_funds" },
    }),
  );
  const page =
    document.documentElement.outerHTML + [...document.querySelectorAll("input")].map(({ value }) => value);
  const kept = JSON.stringify([
    said,
    { ...localStorage },
    { ...sessionStorage },
    location.href,
    document.cookie,
    history.state,
  ]);
  const logged = JSON.stringify(logs.flatMap(({ mock }) => mock.calls));
  for (const text of [page, kept, logged]) {
    expect(text).not.toContain(NUMBER);
    expect(text.replace(/[^0-9]/g, "")).not.toContain(NUMBER);
  }
  (await one("retry-button")).click();
  (await one("method-card")).click();
  expect(((await one("card-number-input")) as HTMLInputElement).value).toBe("");
});

it("what a shop calls itself and its order is text", async () => {
  const nasty = `<img src=x onerror="alert(1)">`;
  const order = BOOTSTRAP.order && { ...BOOTSTRAP.order, description: nasty, receipt: nasty };
  open({ merchant: { name: nasty }, order });
  const summary = await one("order-summary");
  expect(summary.textContent).toContain(nasty);
  expect(summary.querySelector("img")).toBeNull();
});
