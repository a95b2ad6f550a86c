/** What can be done with a payment, and with how much of it. The api decides; this says it before the button is pressed. */

import { type Typed, writeAmount } from "../../amount.ts";

/** What of a payment these decisions need. Amounts in minor units. */
export interface Payable {
  readonly status: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
  readonly amount: number;
  readonly currency: string;
  readonly captured: boolean;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  readonly amount_reversed: number;
  readonly capture_before: string | null;
}

/** A refund of it; one that is under way holds its amount already. */
export interface Held {
  readonly status: "pending" | "processed" | "failed";
  readonly kind: "refund" | "reversal";
  readonly amount: number;
}

/** Whether an action can be had: up to how much, or why not. */
export type Offer =
  | { readonly open: true; readonly mostMinor: number }
  | { readonly open: false; readonly why: string };

export interface Offers {
  readonly capture: Offer;
  readonly cancel: Offer;
  readonly refund: Offer;
  /** A refund before capture moves no money: it makes the authorisation smaller. */
  readonly refundKind: "refund" | "reversal";
}

/** What a payment allows at the instant `now`. */
export function offersOf(payment: Payable, refunds: readonly Held[], now: Date): Offers {
  const refundKind = payment.captured ? "refund" : "reversal";
  if (payment.status !== "success") {
    const no: Offer = { open: false, why: WHY_NOT[payment.status] };
    return { capture: no, cancel: no, refund: no, refundKind };
  }
  const pendingMinor = sumMinor(
    refunds.filter(({ status, kind }) => status === "pending" && kind === refundKind),
  );
  if (payment.captured) {
    const done: Offer = { open: false, why: "It is captured already: give the money back with a refund." };
    const left = payment.amount_captured - payment.amount_refunded - pendingMinor;
    return {
      capture: done,
      cancel: done,
      refund: upTo(left, "Everything was given back already."),
      refundKind,
    };
  }
  if (payment.capture_before === null || now.getTime() >= Date.parse(payment.capture_before)) {
    const late: Offer = {
      open: false,
      why: "The time to capture it has passed: the bank has released the money.",
    };
    return { capture: late, cancel: late, refund: late, refundKind };
  }
  const left = payment.amount - payment.amount_reversed - pendingMinor;
  const room = upTo(left, "The whole authorisation was released already.");
  return { capture: room, cancel: { open: true, mostMinor: left }, refund: room, refundKind };
}

const WHY_NOT = {
  pending: "It is being processed: wait for its result.",
  requires_action: "The buyer has to authenticate first.",
  failed: "It failed: there is no money to move.",
  canceled: "It was voided: there is no money to move.",
  expired: "It expired before it was captured: there is no money to move.",
  success: "",
} as const;

function upTo(leftMinor: number, whyNot: string): Offer {
  return leftMinor > 0 ? { open: true, mostMinor: leftMinor } : { open: false, why: whyNot };
}

function sumMinor(refunds: readonly Held[]): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}

/** An amount that may be sent, or what is wrong with what was typed. */
export type Checked =
  | { readonly ok: true; readonly minor: number }
  | { readonly ok: false; readonly why: string };

/** Check a typed amount against what is left. */
export function checkAmount(typed: Typed, mostMinor: number, currency: string, locale: string): Checked {
  switch (typed.kind) {
    case "empty":
      return { ok: false, why: "Write an amount." };
    case "wrong":
      return { ok: false, why: typed.why };
    case "amount":
      if (typed.minor === 0) {
        return { ok: false, why: "The amount must be more than zero." };
      }
      return typed.minor > mostMinor
        ? { ok: false, why: `At most ${writeAmount(mostMinor, currency, locale)} is left.` }
        : { ok: true, minor: typed.minor };
  }
}
