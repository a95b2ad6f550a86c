/** The script tag: what it sets, where it takes the gateway's origin from, and how its styles get past a policy. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { frames } from "./page.ts";

const OPTIONS = { key: "key_1", orderId: "order_1" };

beforeEach(() => {
  vi.resetModules(); // each test is a page that loads the script anew
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal("PaymentGateway", undefined);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.adoptedStyleSheets = [];
  for (const style of document.querySelectorAll("style")) {
    style.remove();
  }
});

/** As `<script src>` would. */
async function load(src: string) {
  const script = document.createElement("script");
  vi.spyOn(script, "src", "get").mockReturnValue(src);
  vi.spyOn(document, "currentScript", "get").mockReturnValue(script);
  await import("../src/script.ts");
  return window.PaymentGateway;
}

test("a shop says key and order, and the script knows where it came from", async () => {
  const Gateway = await load("http://localhost:3001/v1/checkout.js?cache=no");
  const gateway = new Gateway(OPTIONS);
  gateway.open();
  expect(frames()[0]?.src).toMatch(/^http:\/\/localhost:3001\/checkout\?/);
  gateway.destroy();
});

test("a second tag leaves what is there", async () => {
  const first = await load("http://localhost:3001/checkout.js");
  vi.resetModules();
  expect(await load("http://other.example/checkout.js")).toBe(first);
});

test("styles are no element of the page, and are there once", async () => {
  const Gateway = await load("http://localhost:3001/checkout.js");
  for (const orderId of ["order_1", "order_2"]) {
    const gateway = new Gateway({ ...OPTIONS, orderId });
    gateway.open();
    gateway.destroy();
  }
  expect(document.adoptedStyleSheets).toHaveLength(1);
  expect(document.querySelector("style, [style]:not(body, html)")).toBeNull();
});

test("a browser that can't make sheets gets an element with the shop's nonce", async () => {
  vi.stubGlobal("CSSStyleSheet", undefined);
  const Gateway = await load("http://localhost:3001/checkout.js");
  const gateway = new Gateway({ ...OPTIONS, nonce: "abc123" });
  gateway.open();
  expect(document.querySelector("style")?.nonce).toBe("abc123");
  gateway.destroy();
});
