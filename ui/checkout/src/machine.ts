/**
 * The checkout as a state machine: a pure reducer. What it decides, the page shows; what has to be done (requests,
 * messages, focus) is derived from the state by others and comes back as an event.
 */

import type { Bootstrap, Order } from "./bootstrap.ts";
import type { FieldName, Payment, Problem, Told } from "./gateway.ts";

export type Method = "upi" | "qr" | "card";

/** Why there is no success: a code that has words in every language, and whether another attempt makes sense. */
export interface Failure {
  readonly code: string;
  readonly declineCode: string | null;
  readonly description: string;
  readonly paymentId: string | null;
}

/** A fault of one field that only the gateway found, or of the whole attempt (`field` null). */
export interface Refusal {
  readonly field: FieldName | null;
  readonly problem: Problem;
}

export type Screen =
  | { readonly kind: "loading" }
  | { readonly kind: "pay"; readonly refusal: Refusal | null }
  /** The attempt is on its way; `trouble`: how that goes. Its outcome is unknown until the gateway answers. */
  | { readonly kind: "sending"; readonly trouble: Trouble | null }
  /** The payment exists; the bank decides. `long`: it takes so long that the buyer may go. */
  | {
      readonly kind: "waiting";
      readonly payment: Payment;
      readonly long: boolean;
    }
  | {
      readonly kind: "challenge";
      readonly payment: Payment;
      readonly url: string;
    }
  /** `earlier`: it was paid before this page had anything to do with it. */
  | {
      readonly kind: "success";
      readonly payment: Payment;
      readonly earlier: boolean;
    }
  | { readonly kind: "failure"; readonly failure: Failure }
  | { readonly kind: "paid" }
  | { readonly kind: "expired" }
  | {
      readonly kind: "error";
      readonly code: string;
      readonly description: string;
    };

/** `slow`: no answer yet; `unreachable`: it is tried again; `stalled`: no more tries until the buyer asks for them. */
export type Trouble = "slow" | "unreachable" | "stalled";

export interface State {
  readonly screen: Screen;
  readonly method: Method;
  readonly online: boolean;
  /** Payments that ended or were left: no news of them moves the page any more. */
  readonly over: readonly string[];
  /** The next news tell what was before, not what happens. */
  readonly fresh: boolean;
  /** The buyer did not wait for a payment that may still go through. */
  readonly left: boolean;
}

export type Event =
  | { readonly type: "told"; readonly told: Told }
  | { readonly type: "not_told"; readonly problem: Problem | null }
  | { readonly type: "chosen"; readonly method: Method }
  | { readonly type: "sent" }
  | { readonly type: "trouble"; readonly trouble: Trouble | null }
  | { readonly type: "created"; readonly payment: Payment }
  | { readonly type: "refused"; readonly problem: Problem }
  | { readonly type: "long" }
  | { readonly type: "left" }
  | { readonly type: "again" }
  | { readonly type: "order_expired" }
  | { readonly type: "online"; readonly online: boolean };

/** What the page begins with. An order that was tried before is looked up first: it may be in the middle of a payment. */
export function begin(bootstrap: Bootstrap, online: boolean): State {
  const { order, error } = bootstrap;
  const method = methodsOf(bootstrap)[0] ?? "card";
  return {
    screen: firstScreen(order, error, bootstrap),
    method,
    online,
    over: [],
    fresh: true,
    left: false,
  };
}

/** UPI takes rupees; what the buyer may choose from, best first. */
export function methodsOf({ order, upi }: Bootstrap): readonly Method[] {
  if (order?.currency !== "INR") {
    return ["card"];
  }
  return upi === null ? ["upi", "card"] : ["upi", "qr", "card"];
}

function firstScreen(order: Order | null, error: Bootstrap["error"], { now, session }: Bootstrap): Screen {
  if (error !== null) {
    return { kind: "error", ...error };
  }
  if (order === null) {
    return { kind: "error", code: "NOT_FOUND_ERROR", description: "" };
  }
  if (order.status !== "created") {
    return { kind: "loading" };
  }
  const isOver = [order.expires_at, session?.expires_at].some(
    (end) => end != null && Date.parse(end) <= Date.parse(now),
  );
  return isOver ? { kind: "expired" } : { kind: "pay", refusal: null };
}

/** The state after an event. Events that make no sense in a state leave it as it is (the same object). */
export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case "online":
      return event.online === state.online ? state : { ...state, online: event.online };
    case "chosen":
      return on(state, "pay", () => ({ ...state, method: event.method, fresh: true, screen: PAY }));
    case "told":
      return heard(state, event.told);
    case "not_told":
      return on(state, "loading", () => unheard(state, event.problem));
    case "sent":
      return on(state, "pay", () => show(state, { kind: "sending", trouble: null }));
    case "trouble":
      return on(state, "sending", (screen) => show(state, { ...screen, trouble: event.trouble }));
    case "created":
      return on(state, "sending", () => follow(state, event.payment));
    case "refused":
      return on(state, "sending", () => refused(state, event.problem));
    case "long":
      return on(state, "waiting", (screen) => show(state, { ...screen, long: true }));
    case "left":
      return left(state);
    case "again":
      return on(state, "failure", () => ({ ...state, fresh: true, screen: PAY }));
    case "order_expired":
      return on(state, "pay", () => show(state, { kind: "expired" }));
  }
}

/** What `next` makes of the screen if it is one of that kind; else the state as it is. */
function on<Kind extends Screen["kind"]>(
  state: State,
  kind: Kind,
  next: (screen: Extract<Screen, { kind: Kind }>) => State,
): State {
  return state.screen.kind === kind ? next(state.screen as Extract<Screen, { kind: Kind }>) : state;
}

function show(state: State, screen: Screen): State {
  return { ...state, screen };
}

const PAY: Screen = { kind: "pay", refusal: null };

/** News of the order and its payments. */
function heard(state: State, told: Told): State {
  const { kind } = state.screen;
  if (kind === "success" || kind === "paid" || kind === "error" || kind === "sending") {
    return state;
  }
  const paid = told.payments.find((payment) => payment.status === "success");
  if (paid !== undefined) {
    return succeeded(state, paid);
  }
  if (told.order.status === "paid") {
    return show(state, { kind: "paid" });
  }
  if (kind === "failure" || kind === "expired") {
    return state;
  }
  if (kind === "waiting" || kind === "challenge") {
    const { id } = state.screen.payment;
    const payment = told.payments.find((one) => one.id === id);
    return payment === undefined ? state : follow(state, payment);
  }
  // Loading, or the form with a QR code that another device may have paid: whatever is under way is shown. On the form
  // of another method nothing is: a payment in another window is not this buyer's doing here.
  const isWatching = kind === "loading" || state.method === "qr";
  const open = isWatching
    ? told.payments.find((payment) => isOpen(payment) && !state.over.includes(payment.id))
    : undefined;
  if (open !== undefined) {
    return follow(state, open);
  }
  if (kind === "loading") {
    return show(state, PAY);
  }
  return state.method === "qr" ? failedElsewhere(state, told) : state;
}

/** The phone that scanned the code may decline before the page has seen the payment pending. */
function failedElsewhere(state: State, told: Told): State {
  if (state.fresh) {
    return {
      ...state,
      fresh: false,
      over: told.payments.map((payment) => payment.id),
    };
  }
  const newest = told.payments[0];
  return newest?.status === "failed" && !state.over.includes(newest.id) ? follow(state, newest) : state;
}

/** The order's state could not be had at the beginning: the form is shown all the same, unless the gateway says no. */
function unheard(state: State, problem: Problem | null): State {
  const isFinal = problem !== null && (problem.status === 401 || problem.status === 404);
  return { ...state, screen: isFinal ? { kind: "error", ...problem } : PAY };
}

function isOpen(payment: Payment): boolean {
  return payment.status === "pending" || payment.status === "requires_action";
}

/** The screen that shows where `payment` stands. */
function follow(state: State, payment: Payment): State {
  const { screen } = state;
  switch (payment.status) {
    case "success":
      return succeeded(state, payment);
    case "requires_action":
      if (screen.kind === "challenge" && screen.payment.id === payment.id) {
        return state;
      }
      return payment.next_action == null
        ? wait(state, payment)
        : {
            ...state,
            screen: {
              kind: "challenge",
              payment,
              url: payment.next_action.url,
            },
          };
    case "pending":
      return wait(state, payment);
    default:
      return failed(state, payment);
  }
}

function wait(state: State, payment: Payment): State {
  const { screen } = state;
  if (screen.kind === "waiting" && screen.payment.id === payment.id) {
    return state;
  }
  return show(state, { kind: "waiting", payment, long: false });
}

function succeeded(state: State, payment: Payment): State {
  const { kind } = state.screen;
  // Found at the beginning, or on the form while the buyer had not paid with it: somebody paid before.
  const earlier = kind === "loading" || kind === "expired";
  return show(state, { kind: "success", payment, earlier });
}

function failed(state: State, payment: Payment): State {
  const failure = {
    code: payment.error_code ?? "PAYMENT_FAILED",
    declineCode: payment.decline_code ?? null,
    description: payment.error_description ?? "The payment did not go through",
    paymentId: payment.id,
  };
  return {
    ...state,
    over: [...state.over, payment.id],
    screen: { kind: "failure", failure },
  };
}

const LEFT = {
  authentication_left: "The buyer left the bank's verification; the payment may still go through",
  waiting_left: "The buyer did not wait for the bank any longer; the payment may still go through",
} as const;

/** The buyer does not wait for the bank any longer: this payment may end as it likes, another one may be begun. */
function left(state: State): State {
  const { screen } = state;
  if (screen.kind !== "challenge" && !(screen.kind === "waiting" && screen.long)) {
    return state;
  }
  const code = screen.kind === "challenge" ? "authentication_left" : "waiting_left";
  const failure = {
    code,
    declineCode: null,
    description: LEFT[code],
    paymentId: screen.payment.id,
  };
  return {
    ...state,
    left: true,
    over: [...state.over, screen.payment.id],
    screen: { kind: "failure", failure },
  };
}

const FIELDS: Readonly<Record<string, FieldName>> = {
  vpa: "vpa",
  card: "expiry",
  "card.number": "number",
  "card.expiry_month": "expiry",
  "card.expiry_year": "expiry",
  "card.cvv": "cvv",
  "card.holder_name": "holder",
};

/** The gateway made no payment of the attempt. */
function refused(state: State, problem: Problem): State {
  if (problem.reason === "order_expired") {
    return show(state, { kind: "expired" });
  }
  if (problem.reason === "order_already_paid") {
    return show(state, { kind: "loading" });
  }
  if (problem.status === 401 || problem.status === 404) {
    return show(state, { kind: "error", ...problem });
  }
  const field = FIELDS[problem.field ?? ""] ?? null;
  return { ...state, screen: { kind: "pay", refusal: { field, problem } } };
}

/** Whether the parent is to keep the dialog open: an attempt is under way and closing would leave the buyer in doubt. */
export function isLocked({ screen }: State): boolean {
  return (
    (screen.kind === "sending" && screen.trouble !== "stalled") || (screen.kind === "waiting" && !screen.long)
  );
}

/** Whether news of the order are needed: also where a payment that was left may still go through. */
export function isWatching({ screen, method, left }: State): boolean {
  switch (screen.kind) {
    case "waiting":
    case "challenge":
      return true;
    case "pay":
      return left || method === "qr";
    default:
      return left && screen.kind === "failure";
  }
}
