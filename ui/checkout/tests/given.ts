/** What the tests begin with. */

import type { Bootstrap } from "../src/bootstrap.ts";
import type { Payment, Problem, Told } from "../src/gateway.ts";

export const BOOTSTRAP: Bootstrap = {
  version: 1,
  test_mode: true,
  api_url: "http://gateway.test",
  embedded: true,
  key: "key_test",
  error: null,
  merchant: { name: "Test Merchant" },
  order: {
    id: "order_1",
    amount: 49900,
    currency: "INR",
    status: "created",
    receipt: null,
    description: null,
    expires_at: null,
  },
  session: null,
  allowed_origins: ["https://shop.test"],
  upi: { link: "http://gateway.test/upi/order_1", qr: "/qr/order_1.svg" },
  locale: "en",
  direction: "ltr",
  theme: "auto",
  prefill: {},
  now: "2026-11-26T10:00:00Z",
};

/** A payment, pending unless it is said otherwise. */
export function payment(given: Partial<Payment> = {}): Payment {
  return {
    id: "pay_1",
    order_id: "order_1",
    amount: 49900,
    currency: "INR",
    method: "card",
    status: "pending",
    created_at: "2026-11-26T10:00:00Z",
    ...given,
  };
}

/** News of the order with these payments. */
export function told(...payments: readonly Partial<Payment>[]): Told {
  const all = payments.map(payment);
  const isPaid = all.some(({ status }) => status === "success");
  return { order: { id: "order_1", status: isPaid ? "paid" : "attempted" }, payments: all };
}

/** A refusal of the gateway's. */
export function problem(given: Partial<Problem> = {}): Problem {
  return { status: 400, code: "BAD_REQUEST_ERROR", description: "No", field: null, reason: null, ...given };
}
