/** What one side takes from the other, and what it ignores. */

import { describe, expect, test } from "vitest";
import {
  connect,
  envelope,
  FROM_PAGE,
  FROM_PARENT,
  type FromPage,
  type Message,
  readConnect,
  readMessage,
} from "../src/index.ts";

const SUCCESS = { paymentId: "pay_1", orderId: "order_1", signature: "ab12" };
const FAILURE = { code: "PAYMENT_FAILED", description: "Declined", orderId: "order_1", retryable: true };

const EVERY: Array<Message<FromPage>> = [
  { type: "ready", data: {} },
  { type: "heard", data: {} },
  { type: "resize", data: { height: 640 } },
  { type: "processing", data: { active: true } },
  { type: "payment_success", data: SUCCESS },
  {
    type: "payment_success",
    data: { ...SUCCESS, signature: null, amount: 49900, currency: "INR", method: "upi" },
  },
  { type: "payment_failed", data: FAILURE },
  { type: "payment_failed", data: { ...FAILURE, paymentId: "pay_1", declineCode: "lost_card" } },
  { type: "close_modal", data: {} },
];

const said = (type: unknown, data: unknown): unknown => ({ v: 1, type, data });

describe("messages on the port", () => {
  test.each(EVERY)("$type arrives as it was sent", (message) => {
    expect(readMessage(FROM_PAGE, structuredClone(envelope(message)))).toEqual(message);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["text", "payment_success"],
    ["a number", 1],
    ["an array", [1, "ready", {}]],
    ["no version", { type: "ready", data: {} }],
    ["another version", { v: 2, type: "ready", data: {} }],
    ["the version as text", { v: "1", type: "ready", data: {} }],
    ["no data", { v: 1, type: "ready" }],
    ["null as data", said("ready", null)],
    ["an array as data", said("resize", [640])],
    ["a field too many beside the data", { v: 1, type: "ready", data: {}, more: 1 }],
    ["a field too many in the data", said("close_modal", { force: true })],
    ["an unknown type", said("payment_refunded", SUCCESS)],
    ["a type of the other direction", said("close_requested", {})],
    ["a type in an array, which reads like text", said(["ready"], {})],
    ["no type", said(undefined, {})],
    ["the name of an inherited property as type", said("constructor", {})],
    ["the name of the prototype as type", said("__proto__", {})],
    ["a missing field", said("payment_success", { paymentId: "pay_1", orderId: "order_1" })],
    ["a number for text", said("payment_success", { ...SUCCESS, paymentId: 1 })],
    ["an object for text", said("payment_failed", { ...FAILURE, description: { toString: "x" } })],
    ["a truth that is none", said("processing", { active: 1 })],
    ["a negative height", said("resize", { height: -1 })],
    ["a height that is no number", said("resize", { height: Number.NaN })],
    ["a height without end", said("resize", { height: Number.POSITIVE_INFINITY })],
    ["a huge height", said("resize", { height: 1e9 })],
    ["a fraction of a paisa", said("payment_success", { ...SUCCESS, amount: 1.5 })],
    ["an unknown method", said("payment_success", { ...SUCCESS, method: "cash" })],
    ["a huge text", said("payment_failed", { ...FAILURE, description: "x".repeat(10_000_000) })],
    ["a huge id", said("payment_success", { ...SUCCESS, orderId: "x".repeat(65) })],
  ])("%s is ignored", (_, value) => {
    expect(readMessage(FROM_PAGE, value)).toBeNull();
  });

  test.each(["__proto__", "constructor", "prototype"])(
    "a field named %s is ignored and changes nothing",
    (name) => {
      const data = JSON.parse(
        `{"paymentId":"pay_1","orderId":"o","signature":"s","${name}":{"polluted":true}}`,
      );
      expect(readMessage(FROM_PAGE, structuredClone(said("payment_success", data)))).toBeNull();
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test("fields that an object inherits don't count as its own", () => {
    expect(readMessage(FROM_PAGE, said("payment_success", Object.create(SUCCESS)))).toBeNull();
  });

  test("the page takes what the parent says, and nothing of its own", () => {
    const update = said("update", { theme: "dark", locale: "ar" });
    expect(readMessage(FROM_PARENT, update)).toEqual({
      type: "update",
      data: { theme: "dark", locale: "ar" },
    });
    expect(readMessage(FROM_PARENT, said("close_requested", {}))).toEqual({
      type: "close_requested",
      data: {},
    });
    expect(readMessage(FROM_PARENT, said("update", { theme: "pink" }))).toBeNull();
    expect(readMessage(FROM_PARENT, said("payment_success", SUCCESS))).toBeNull();
  });
});

describe("connect", () => {
  const options = {
    container: false,
    theme: "dark",
    locale: "hi",
    prefill: { vpa: "a@b" },
    confirmClose: true,
  } as const;

  test("arrives as it was sent", () => {
    expect(readConnect(structuredClone(connect(options)))).toEqual(options);
    expect(readConnect(connect({ container: true }))).toEqual({ container: true });
  });

  test.each([
    ["another protocol", { type: "connect", options }],
    ["another version", { paygate: 2, type: "connect", options }],
    ["another type", { paygate: 1, type: "hello", options }],
    ["no options", { paygate: 1, type: "connect" }],
    ["an unknown option", { paygate: 1, type: "connect", options: { ...options, admin: true } }],
    ["a theme that is none", { paygate: 1, type: "connect", options: { ...options, theme: "pink" } }],
    [
      "a prefilled card",
      { paygate: 1, type: "connect", options: { ...options, prefill: { card_number: "4242" } } },
    ],
    [
      "a huge prefill",
      { paygate: 1, type: "connect", options: { ...options, prefill: { vpa: "x".repeat(256) } } },
    ],
  ])("%s is ignored", (_, value) => {
    expect(readConnect(value)).toBeNull();
  });
});
