/** What the page tells whoever embeds it, and what it hears from there. The protocol is ui/packages/messages'. */

import {
  awaitParent,
  type ConnectOptions,
  type Failure,
  type FromPage,
  type FromParent,
  type Message,
  type Parent,
  type PlainType,
  tellPlainly,
} from "@paygate/messages";
import type { Order } from "./bootstrap.ts";
import { isTriedOut, type Payment, type Problem } from "./gateway.ts";
import { isLocked, type State } from "./machine.ts";

export type Said = Message<FromPage>;
type Plain = Extract<Said, { type: PlainType }>;

interface Ears {
  /** Called once, when the parent has made itself known. */
  readonly onOptions: (options: ConnectOptions) => void;
  readonly onMessage: (message: Message<FromParent>) => void;
}

/** The embedding page. What is said before it has made itself known is kept and said then; what it says, too. */
export interface Link {
  readonly say: (message: Said) => void;
  readonly listen: (ears: Ears) => void;
}

/** Wait for the page that embeds this one. To be called at once: the parent speaks when the frame has loaded. */
export function link(view: Window, allowed: readonly string[]): Link {
  let parent: Parent | null = null;
  let ears: Ears | null = null;
  let unsaid: Said[] = [];
  const unheard: Message<FromParent>[] = [];
  awaitParent(
    view,
    allowed,
    (connected) => {
      parent = connected;
      ears?.onOptions(connected.options);
      // After `ready`, which the handshake says when this returns.
      queueMicrotask(() => {
        for (const message of unsaid) {
          connected.send(message);
        }
        unsaid = [];
      });
    },
    (message) => (ears === null ? unheard.push(message) : ears.onMessage(message)),
  );
  return {
    say: (message) => {
      if (parent === null) {
        unsaid.push(message);
      } else {
        parent.send(message);
      }
      if (isPlain(message)) {
        tellPlainly(view, allowed, parent?.origin ?? null, message);
      }
    },
    listen: (given) => {
      ears = given;
      if (parent !== null) {
        given.onOptions(parent.options);
      }
      for (const message of unheard.splice(0)) {
        given.onMessage(message);
      }
    },
  };
}

function isPlain(message: Said): message is Plain {
  return (
    message.type === "payment_success" || message.type === "payment_failed" || message.type === "close_modal"
  );
}

/** What a change of state has to say to the parent. `before` is null at the beginning. */
export function saidOf(before: State | null, after: State, orderId: string): readonly Said[] {
  const said: Said[] = [];
  if (isLocked(after) !== (before !== null && isLocked(before))) {
    said.push({ type: "processing", data: { active: isLocked(after) } });
  }
  if (before?.screen.kind !== after.screen.kind) {
    const outcome = outcomeOf(after, orderId);
    if (outcome !== null) {
      said.push(outcome);
    }
  }
  return said;
}

function outcomeOf({ screen }: State, orderId: string): Plain | null {
  switch (screen.kind) {
    case "pay":
      // A fault of a field is the buyer's to mend, and no news for the shop.
      return screen.refusal?.field === null ? refused(screen.refusal.problem, orderId) : null;
    case "success":
      return { type: "payment_success", data: successOf(screen.payment) };
    case "failure":
      return failed({
        code: screen.failure.code,
        description: screen.failure.description,
        orderId,
        retryable: true,
        ...(screen.failure.paymentId === null ? {} : { paymentId: screen.failure.paymentId }),
        ...(screen.failure.declineCode === null ? {} : { declineCode: screen.failure.declineCode }),
      });
    case "paid":
      return failed({
        code: "ORDER_ALREADY_PAID",
        description: "The order is paid",
        orderId,
        retryable: false,
      });
    case "expired":
      return failed({
        code: "ORDER_EXPIRED",
        description: "The order has expired",
        orderId,
        retryable: false,
      });
    case "error":
      return failed({
        code: screen.code,
        description: screen.description,
        orderId,
        retryable: false,
      });
    default:
      return null;
  }
}

/** The gateway made no payment of the attempt. */
function refused({ code, description, reason }: Problem, orderId: string): Plain {
  return isTriedOut(reason)
    ? failed({ code: "too_many_attempts", description, orderId, retryable: false })
    : failed({ code, description, orderId, retryable: true });
}

function failed(data: Failure): Plain {
  return {
    type: "payment_failed",
    data: { ...data, description: data.description.slice(0, 1000) },
  };
}

function successOf(payment: Payment): FromPage["payment_success"] {
  return {
    paymentId: payment.id,
    orderId: payment.order_id,
    signature: payment.signature ?? null,
    amount: payment.amount,
    currency: payment.currency,
    method: payment.method,
  };
}

/** Where a hosted session's buyer goes after paying; null for an address that is none of the web's. */
export function returnUrl(
  template: string,
  sessionId: string,
  { id, order_id, signature }: Payment,
): string | null {
  const url = webUrl(template, sessionId);
  url?.searchParams.append("payment_id", id);
  url?.searchParams.append("order_id", order_id);
  if (signature != null) {
    url?.searchParams.append("signature", signature);
  }
  return url?.href ?? null;
}

/** Where a hosted session's buyer goes without paying. */
export function cancelUrl(template: string, sessionId: string): string | null {
  return webUrl(template, sessionId)?.href ?? null;
}

function webUrl(template: string, sessionId: string): URL | null {
  try {
    const url = new URL(template.replaceAll("{CHECKOUT_SESSION_ID}", encodeURIComponent(sessionId)));
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}

/** The order's id for messages; a page without an order still has to say what failed. */
export function orderIdOf(order: Order | null): string {
  return order?.id ?? "";
}
