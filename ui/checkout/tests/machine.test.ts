/** The checkout's states, event by event. */

import { describe, expect, it } from "vitest";
import type { Bootstrap } from "../src/bootstrap.ts";
import type { Payment, Problem } from "../src/gateway.ts";
import { begin, type Event, isLocked, isWatching, methodsOf, reduce, type State } from "../src/machine.ts";
import { BOOTSTRAP, payment, problem, told } from "./given.ts";

/** The state after these events. */
function after(...events: readonly Event[]): State {
  return events.reduce(reduce, begin(BOOTSTRAP, true));
}

function started(order: Partial<NonNullable<Bootstrap["order"]>>): State {
  const given = { ...BOOTSTRAP, order: BOOTSTRAP.order && { ...BOOTSTRAP.order, ...order } };
  return begin(given, true);
}

const sent: Event = { type: "sent" };
const created = (given: Partial<Payment> = {}): Event => ({ type: "created", payment: payment(given) });
const news = (...payments: readonly Partial<Payment>[]): Event => ({ type: "told", told: told(...payments) });
const refused = (given: Partial<Problem>): Event => ({ type: "refused", problem: problem(given) });
const challenged = {
  status: "requires_action",
  next_action: { type: "redirect_to_url", url: "https://bank/1" },
} as const;

describe("at the beginning", () => {
  it("a new order shows the form at once", () => {
    expect(after().screen).toEqual({ kind: "pay", refusal: null });
  });
  it("an order that was tried before is looked up", () => {
    expect(started({ status: "attempted" }).screen.kind).toBe("loading");
    expect(started({ status: "paid" }).screen.kind).toBe("loading");
  });
  it("an order is over at its hour by the server's clock", () => {
    expect(started({ expires_at: BOOTSTRAP.now }).screen.kind).toBe("expired");
    expect(started({ expires_at: "2026-11-26T10:00:01Z" }).screen.kind).toBe("pay");
  });
  it("an error of the server's is shown", () => {
    const error = { code: "NOT_FOUND_ERROR", description: "No such order" };
    expect(begin({ ...BOOTSTRAP, order: null, error }, true).screen).toEqual({ kind: "error", ...error });
  });
  it("UPI is offered for rupees alone", () => {
    expect(methodsOf(BOOTSTRAP)).toEqual(["upi", "qr", "card"]);
    expect(methodsOf({ ...BOOTSTRAP, upi: null })).toEqual(["upi", "card"]);
    expect(started({ currency: "EUR" }).method).toBe("card");
    const order = BOOTSTRAP.order && { ...BOOTSTRAP.order, currency: "EUR" };
    expect(methodsOf({ ...BOOTSTRAP, order })).toEqual(["card"]);
  });
  it("a reload finds the payment that is under way, the challenge that is open, or the success", () => {
    const loading = started({ status: "attempted" });
    expect(reduce(loading, news({ status: "pending" })).screen.kind).toBe("waiting");
    expect(reduce(loading, news(challenged)).screen).toMatchObject({
      kind: "challenge",
      url: "https://bank/1",
    });
    expect(reduce(loading, news({ status: "success" })).screen).toMatchObject({
      kind: "success",
      earlier: true,
    });
    expect(reduce(loading, news({ status: "failed" })).screen.kind).toBe("pay");
  });
  it("without an answer the form is shown, and a refusal when the gateway says no", () => {
    const loading = started({ status: "attempted" });
    expect(reduce(loading, { type: "not_told", problem: null }).screen.kind).toBe("pay");
    expect(reduce(loading, { type: "not_told", problem: problem({ status: 401 }) }).screen.kind).toBe(
      "error",
    );
  });
});

describe("an attempt", () => {
  it("is sent, waits and succeeds", () => {
    expect(after(sent).screen).toEqual({ kind: "sending", trouble: null });
    expect(after(sent, created()).screen.kind).toBe("waiting");
    expect(after(sent, created(), news({ status: "success" })).screen).toMatchObject({
      kind: "success",
      earlier: false,
    });
  });
  it("that failed can be made again, and the old failure is news no more", () => {
    const failed = {
      status: "failed",
      error_code: "PAYMENT_FAILED",
      decline_code: "insufficient_funds",
    } as const;
    const state = after(sent, created(), news(failed));
    expect(state.screen).toMatchObject({ kind: "failure", failure: { declineCode: "insufficient_funds" } });
    const again = reduce(state, { type: "again" });
    expect(again.screen.kind).toBe("pay");
    expect(reduce(again, news(failed)).screen.kind).toBe("pay");
  });
  it("that the gateway refused for a field goes back to that field", () => {
    const state = after(sent, refused({ code: "INVALID_CARD", field: "card.number" }));
    expect(state.screen).toMatchObject({ kind: "pay", refusal: { field: "number" } });
  });
  it("for an order that is over shows that", () => {
    expect(after(sent, refused({ reason: "order_expired" })).screen.kind).toBe("expired");
    expect(after(sent, refused({ reason: "order_already_paid" })).screen.kind).toBe("loading");
  });
  it("keeps its news to itself while its outcome is unknown", () => {
    const state = after(sent, { type: "trouble", trouble: "unreachable" });
    expect(reduce(state, news({ status: "pending" }))).toBe(state);
  });
  it("is shown as success when another payment of the order was it", () => {
    const state = after(sent, created(), news({ id: "pay_other", status: "success" }, {}));
    expect(state.screen).toMatchObject({ kind: "success", payment: { id: "pay_other" } });
  });
  it("is followed into a challenge and back", () => {
    const state = after(sent, created(), news(challenged));
    expect(state.screen.kind).toBe("challenge");
    expect(reduce(state, news(challenged))).toBe(state);
    expect(reduce(state, news({ status: "pending" })).screen.kind).toBe("waiting");
    expect(reduce(state, news({ status: "failed", decline_code: "authentication_failed" })).screen.kind).toBe(
      "failure",
    );
  });
  it("whose challenge is left can be made anew, and the left one is not come back to", () => {
    const state = after(sent, created(), news(challenged), { type: "left" });
    expect(state.screen).toMatchObject({ kind: "failure", failure: { code: "authentication_left" } });
    expect(reduce(reduce(state, { type: "again" }), news(challenged)).screen.kind).toBe("pay");
    expect(reduce(state, news({ status: "success" })).screen.kind).toBe("success");
  });
  it("that was left is watched until another one is begun, for it may still go through", () => {
    const leaving = after(sent, created(), news(challenged), { type: "left" });
    expect(isWatching(leaving)).toBe(true);
    const again = reduce(reduce(leaving, { type: "again" }), { type: "chosen", method: "card" });
    expect(isWatching(again)).toBe(true);
    expect(reduce(again, news({ status: "success" })).screen.kind).toBe("success");
    expect(isWatching(reduce(after(sent, created()), news({ status: "failed" })))).toBe(false);
  });
  it("can be left only once it takes long", () => {
    expect(after(sent, created(), { type: "left" }).screen.kind).toBe("waiting");
    expect(after(sent, created(), { type: "long" }, { type: "left" }).screen).toMatchObject({
      failure: { code: "waiting_left" },
    });
  });
});

describe("while a QR code is shown", () => {
  const chosen: Event = { type: "chosen", method: "qr" };
  it("a payment from another device is followed", () => {
    expect(after(chosen, news({ status: "pending" })).screen.kind).toBe("waiting");
  });
  it("what failed before is not news; what fails now is", () => {
    const state = after(chosen, news({ id: "pay_old", status: "failed" }));
    expect(state.screen.kind).toBe("pay");
    expect(
      reduce(state, news({ id: "pay_new", status: "failed" }, { id: "pay_old", status: "failed" })).screen
        .kind,
    ).toBe("failure");
  });
  it("news are asked for, and not on the other methods' forms", () => {
    expect(isWatching(after(chosen))).toBe(true);
    expect(isWatching(after())).toBe(false);
    expect(isWatching(after(sent, created()))).toBe(true);
    expect(isWatching(after(sent, created(), news({ status: "success" })))).toBe(false);
  });
});

it("the dialog is locked while an attempt is under way, and open as soon as the buyer can do nothing but wait", () => {
  const locked = [after(sent), after(sent, created())];
  const open = [
    after(),
    after(sent, { type: "trouble", trouble: "stalled" }),
    after(sent, created(), { type: "long" }),
    after(sent, created(), news(challenged)),
    after(sent, created(), news({ status: "success" })),
  ];
  expect(locked.map(isLocked)).toEqual([true, true]);
  expect(open.map(isLocked)).toEqual(open.map(() => false));
});

it("an order expires on its form, not under a payment", () => {
  expect(after({ type: "order_expired" }).screen.kind).toBe("expired");
  expect(after(sent, { type: "order_expired" }).screen.kind).toBe("sending");
});

it("a success is never left, whatever is told later", () => {
  const state = after(sent, created(), news({ status: "success" }));
  const later: readonly Event[] = [
    news({ status: "failed" }),
    sent,
    { type: "left" },
    { type: "order_expired" },
  ];
  for (const event of later) {
    expect(reduce(state, event)).toBe(state);
  }
});
