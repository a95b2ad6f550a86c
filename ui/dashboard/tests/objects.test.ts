/** Objects in words. */

import { describe, expect, it } from "vitest";
import { isNear } from "../src/objects/deadline.ts";
import { pageOf } from "../src/objects/ObjectLink.tsx";
import { noteOn } from "../src/objects/PaymentStatus.tsx";
import { accountName, adviceOn, instrumentOf } from "../src/objects/words.ts";

describe("a payment", () => {
  it.each([
    [{ method: "upi", vpa: "success@upi" }, "success@upi"],
    [{ method: "card", card_network: "amex", card_last4: "0005" }, "American Express •••• 0005"],
    [{ method: "card" }, "Card"],
  ] as const)("%j is paid with %s", (payment, words) => {
    expect(instrumentOf(payment)).toBe(words);
  });

  const authorised = { status: "success", captured: false, refund_status: "none" } as const;

  it.each([
    [authorised, "not captured"],
    [{ ...authorised, captured: true }, ""],
    [{ ...authorised, captured: true, refund_status: "pending" }, "refund pending"],
    [{ ...authorised, captured: true, refund_status: "full" }, "refunded"],
    [{ ...authorised, refund_status: "partial" }, "not captured"],
    [{ ...authorised, refund_status: "full" }, "released"],
    [{ ...authorised, status: "failed" }, ""],
  ] as const)("%j is noted as %j", (payment, note) => {
    expect(noteOn(payment)).toBe(note);
  });

  it("is near its deadline for two days, and not after it", () => {
    const at = (capture_before: string) => ({ status: "success", captured: false, capture_before });
    const now = new Date("2026-11-26T12:00:00Z");
    expect(isNear(at("2026-11-28T11:59:59Z"), now)).toBe(true);
    expect(isNear(at("2026-11-28T12:00:00Z"), now)).toBe(false);
    expect(isNear(at("2026-11-26T12:00:00Z"), now)).toBe(false);
    expect(isNear({ ...at("2026-11-27T12:00:00Z"), captured: true }, now)).toBe(false);
  });

  it("that failed is explained by the bank's reason, else by the gateway's", () => {
    expect(adviceOn("PAYMENT_FAILED", "insufficient_funds")).toMatch(/not enough money/);
    expect(adviceOn("PAYMENT_TIMEOUT", null)).toMatch(/in time/);
    expect(adviceOn("SOMETHING_NEW", null)).toBe("");
  });
});

it("an id leads to its object's page, if it has one", () => {
  expect(pageOf("pay_0VxKb4M9sJq2NnBv")).toBe("/dashboard/payments/pay_0VxKb4M9sJq2NnBv");
  expect(pageOf("whd_0VxKb4M9sJq2NnBv")).toBe("/dashboard/webhooks/deliveries/whd_0VxKb4M9sJq2NnBv");
  expect(pageOf("le_0VxKb4M9sJq2NnBv")).toBeNull();
  expect(pageOf("nothing")).toBeNull();
});

it("an account that is not known is shown as it is called", () => {
  expect(accountName("fees")).toBe("Fees");
  expect(accountName("suspense")).toBe("suspense");
});
