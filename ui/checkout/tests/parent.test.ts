/** What the page says to whoever embeds it, and where a hosted session's buyer goes. */

import { expect, it } from "vitest";
import { begin, type Event, reduce, type State } from "../src/machine.ts";
import { cancelUrl, returnUrl, type Said, saidOf } from "../src/parent.ts";
import { BOOTSTRAP, payment, problem, told } from "./given.ts";

/** All that is said on the way through these events. */
function said(...events: readonly Event[]): Said[] {
  let state: State | null = null;
  const messages: Said[] = [];
  for (const next of [null, ...events]) {
    const after: State = state === null || next === null ? begin(BOOTSTRAP, true) : reduce(state, next);
    messages.push(...saidOf(state, after, "order_1"));
    state = after;
  }
  return messages;
}

const created: Event = { type: "created", payment: payment() };

it("a success is said once, with what the shop's server verifies", () => {
  const success = { type: "told", told: told({ status: "success", signature: "ab" }) } as const;
  expect(said({ type: "sent" }, created, success, success)).toEqual([
    { type: "processing", data: { active: true } },
    { type: "processing", data: { active: false } },
    {
      type: "payment_success",
      data: {
        paymentId: "pay_1",
        orderId: "order_1",
        signature: "ab",
        amount: 49900,
        currency: "INR",
        method: "card",
      },
    },
  ]);
});

it("each failed attempt is said, with whether another one can be made", () => {
  const failed = {
    type: "told",
    told: told({
      status: "failed",
      error_code: "PAYMENT_FAILED",
      decline_code: "lost_card",
      error_description: "Lost",
    }),
  } as const;
  expect(said({ type: "sent" }, created, failed).at(-1)).toEqual({
    type: "payment_failed",
    data: {
      code: "PAYMENT_FAILED",
      description: "Lost",
      orderId: "order_1",
      paymentId: "pay_1",
      declineCode: "lost_card",
      retryable: true,
    },
  });
  expect(said({ type: "order_expired" })).toEqual([
    {
      type: "payment_failed",
      data: {
        code: "ORDER_EXPIRED",
        description: "The order has expired",
        orderId: "order_1",
        retryable: false,
      },
    },
  ]);
});

it("a payment that its buyer left is said with what may become of it", () => {
  const challenge = {
    type: "told",
    told: told({
      status: "requires_action",
      next_action: { type: "redirect_to_url", url: "https://bank/1" },
    }),
  } as const;
  const ways: readonly [string, string, readonly Event[]][] = [
    ["authentication_left", "The buyer left the bank's verification", [challenge]],
    ["waiting_left", "The buyer did not wait for the bank any longer", [{ type: "long" }]],
  ];
  for (const [code, told, events] of ways) {
    expect(said({ type: "sent" }, created, ...events, { type: "left" }).at(-1)).toEqual({
      type: "payment_failed",
      data: {
        code,
        description: `${told}; the payment may still go through`,
        orderId: "order_1",
        paymentId: "pay_1",
        retryable: true,
      },
    });
  }
});

it("an attempt that the gateway refused is said, for good when the order was tried too often", () => {
  const refused = (given: Parameters<typeof problem>[0]): Said | undefined =>
    said({ type: "sent" }, { type: "refused", problem: problem(given) }).at(-1);
  expect(refused({ reason: "too_many_attempts", description: "Too many" })).toEqual({
    type: "payment_failed",
    data: { code: "too_many_attempts", description: "Too many", orderId: "order_1", retryable: false },
  });
  expect(refused({})).toEqual({
    type: "payment_failed",
    data: { code: "BAD_REQUEST_ERROR", description: "No", orderId: "order_1", retryable: true },
  });
  expect(refused({ code: "INVALID_VPA", field: "vpa" })?.type).toBe("processing");
});

it("a hosted buyer goes back with payment, order and signature, beside what the shop's address had", () => {
  const paid = payment({ signature: "ab" });
  expect(returnUrl("https://shop.test/thanks?s={CHECKOUT_SESSION_ID}#top", "cs_1", paid)).toBe(
    "https://shop.test/thanks?s=cs_1&payment_id=pay_1&order_id=order_1&signature=ab#top",
  );
  expect(returnUrl("https://shop.test/{CHECKOUT_SESSION_ID}", "cs_1", payment())).toBe(
    "https://shop.test/cs_1?payment_id=pay_1&order_id=order_1",
  );
  expect(cancelUrl("https://shop.test/cart", "cs_1")).toBe("https://shop.test/cart");
});

it("an address that is none of the web's leads nowhere", () => {
  for (const wrong of ["javascript:alert(1)", "data:text/html,x", "/relative", ""]) {
    expect(returnUrl(wrong, "cs_1", payment())).toBeNull();
    expect(cancelUrl(wrong, "cs_1")).toBeNull();
  }
});
