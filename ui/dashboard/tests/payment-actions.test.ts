/** What a payment allows: the same decisions as the api's, for every state that a payment can be in. */

import { describe, expect, it } from "vitest";
import { checkAmount, type Held, offersOf, type Payable } from "../src/features/payments/actions.ts";

const NOW = new Date("2026-11-26T12:00:00Z");
const AUTHORISED: Payable = {
  status: "success",
  amount: 50000,
  currency: "INR",
  captured: false,
  amount_captured: 0,
  amount_refunded: 0,
  amount_reversed: 0,
  capture_before: "2026-12-03T12:00:00Z",
};
const CAPTURED: Payable = { ...AUTHORISED, captured: true, amount_captured: 40000 };

function held(kind: Held["kind"], amount: number, status: Held["status"] = "pending"): Held {
  return { kind, amount, status };
}

const upTo = (mostMinor: number) => ({ open: true, mostMinor });
const closed = { open: false, why: expect.stringMatching(/\.$/) };

describe("a payment that is", () => {
  it.each(["pending", "requires_action", "failed", "canceled", "expired"] as const)(
    "%s allows nothing",
    (status) => {
      const offers = offersOf({ ...AUTHORISED, status }, [], NOW);
      expect([offers.capture, offers.cancel, offers.refund]).toEqual([closed, closed, closed]);
    },
  );

  it("authorised can be captured, voided, and made smaller", () => {
    expect(offersOf(AUTHORISED, [], NOW)).toEqual({
      capture: upTo(50000),
      cancel: upTo(50000),
      refund: upTo(50000),
      refundKind: "reversal",
    });
  });

  it("partly released can be captured up to the rest, with what is on its way counted as gone", () => {
    const offers = offersOf(
      { ...AUTHORISED, amount_reversed: 10000 },
      [held("reversal", 5000), held("reversal", 10000, "processed")],
      NOW,
    );
    expect([offers.capture, offers.refund]).toEqual([upTo(35000), upTo(35000)]);
  });

  it("wholly released can only be voided", () => {
    const offers = offersOf({ ...AUTHORISED, amount_reversed: 50000 }, [], NOW);
    expect([offers.capture, offers.refund, offers.cancel]).toEqual([closed, closed, upTo(0)]);
  });

  it("past its deadline allows nothing, at the very instant", () => {
    const offers = offersOf(AUTHORISED, [], new Date("2026-12-03T12:00:00Z"));
    expect([offers.capture, offers.cancel, offers.refund]).toEqual([closed, closed, closed]);
  });

  it("captured can be refunded up to what was captured", () => {
    expect(offersOf(CAPTURED, [], NOW)).toEqual({
      capture: closed,
      cancel: closed,
      refund: upTo(40000),
      refundKind: "refund",
    });
  });

  it("partly refunded has the rest left, and a failed refund gives its room back", () => {
    const refunds = [held("refund", 10000), held("refund", 5000, "failed"), held("reversal", 7000)];
    expect(offersOf({ ...CAPTURED, amount_refunded: 20000 }, refunds, NOW).refund).toEqual(upTo(10000));
    expect(offersOf({ ...CAPTURED, amount_refunded: 40000 }, [], NOW).refund).toEqual(closed);
  });
});

describe("an amount", () => {
  it("up to what is left may be sent", () => {
    expect(checkAmount({ kind: "amount", minor: 40000 }, 40000, "INR", "en")).toEqual({
      ok: true,
      minor: 40000,
    });
  });

  it.each([
    [{ kind: "amount", minor: 40001 }, "At most 400.00 is left."],
    [{ kind: "amount", minor: 0 }, "The amount must be more than zero."],
    [{ kind: "empty" }, "Write an amount."],
    [{ kind: "wrong", why: "No." }, "No."],
  ] as const)("%j may not", (typed, why) => {
    expect(checkAmount(typed, 40000, "INR", "en")).toEqual({ ok: false, why });
  });
});
