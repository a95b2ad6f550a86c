/** Each option that can't be used is refused with a sentence that says what to do. */

import { describe, expect, test } from "vitest";
import type { PaymentGatewayOptions } from "../checkout";
import { readOptions } from "../src/options.ts";

const GOOD = { key: "key_test_abc123", orderId: "order_1", origin: "https://pay.example" };

test("what is not said has a default", () => {
  expect(readOptions(GOOD, undefined)).toMatchObject({ theme: "auto", loadTimeoutMs: 15_000 });
});

test("undefined is as good as absent", () => {
  const options = {
    ...GOOD,
    theme: undefined,
    loadTimeoutMs: undefined,
    prefill: undefined,
    onClose: undefined,
  };
  expect(readOptions(options, undefined)).toMatchObject({ theme: "auto", loadTimeoutMs: 15_000 });
});

describe("the origin", () => {
  test.each([
    [
      { origin: "https://pay.example/checkout.js?v=1" },
      "http://other.example/checkout.js",
      "https://pay.example",
    ],
    [{ origin: undefined }, "http://localhost:3001/checkout.js", "http://localhost:3001"],
  ])("of %o and a script at %s is %s", (options, source, origin) => {
    expect(readOptions({ ...GOOD, ...options }, source).origin).toBe(origin);
  });
});

test.each<[object, string]>([
  [{ key: undefined }, "'key' must be the public half of your API key, never a secret."],
  [{ key: "" }, "'key' must be"],
  [{ key: 42 }, "'key' must be"],
  [{ key: "secret_test_xyz789" }, "never a secret"],
  [{ key: "whsec_test_abc123" }, "never a secret"],
  [{ orderId: undefined }, "'orderId' must be the id of an order that your server created."],
  [{ orderId: "x".repeat(65) }, "'orderId' must be"],
  [{ onSuccess: "done" }, "'onSuccess' must be a function."],
  [{ onFailure: {} }, "'onFailure' must be a function."],
  [{ onClose: 1 }, "'onClose' must be a function."],
  [{ container: {} }, "'container' must be an element or a selector."],
  [{ theme: "pink" }, "'theme' must be auto, light or dark."],
  [{ locale: 7 }, "'locale' must be a language such as hi or pt-BR."],
  [{ prefill: "a@b" }, "'prefill' must be strings: { vpa, holder_name }."],
  [{ prefill: { card_number: "4242424242424242" } }, "'prefill' must be"],
  [{ prefill: { vpa: 1 } }, "'prefill' must be"],
  [{ nonce: 1 }, "'nonce' must be a string."],
  [{ confirmClose: "yes" }, "'confirmClose' must be true or false."],
  [{ loadTimeoutMs: -1 }, "'loadTimeoutMs' must be a whole number of milliseconds."],
  [{ loadTimeoutMs: Number.POSITIVE_INFINITY }, "'loadTimeoutMs' must be"],
  [{ loadTimeoutMs: "15s" }, "'loadTimeoutMs' must be"],
  [{ origin: undefined }, "'origin' must be where the checkout is, such as https://pay.example.com."],
  [{ origin: "pay.example" }, "'origin' must be"],
  [{ origin: "javascript:alert(1)" }, "'origin' must be"],
  [{ origin: "https://" }, "'origin' must be"],
])("%o is refused", (options, sentence) => {
  const read = () => readOptions({ ...GOOD, ...options } as PaymentGatewayOptions, undefined);
  expect(read).toThrow(TypeError);
  expect(read).toThrow(sentence);
});

test.each([undefined, null, "order_1", 1])("%s instead of options is refused in words", (options) => {
  expect(() => readOptions(options as unknown as PaymentGatewayOptions, undefined)).toThrow("'key' must be");
});
