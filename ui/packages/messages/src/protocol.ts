/**
 * What a shop's page and the checkout in its frame say to each other, version 1.
 *
 * The parent sends one `connect` to the frame's window, addressed to the gateway's origin and carrying a port. All that
 * follows goes over that port as `{v, type, data}`. Each side checks what it is sent against the tables below; what
 * does not fit is ignored.
 */

import { type Check, count, flag, nullable, object, oneOf, optional, type Shape, text } from "./shapes.ts";

export const VERSION = 1;

export type Theme = "auto" | "light" | "dark";

/** What the buyer need not type again. */
export interface Prefill {
  vpa?: string | undefined;
  holder_name?: string | undefined;
}

/** What the parent tells the page when they meet. */
export interface ConnectOptions {
  theme?: Theme | undefined;
  locale?: string | undefined;
  prefill?: Prefill | undefined;
  /** Whether the page asks the buyer before it closes. */
  confirmClose?: boolean | undefined;
  /** Whether the frame stands in the shop's page, and not in a dialog. */
  container: boolean;
}

/** A payment that succeeded. */
export interface Success {
  paymentId: string;
  orderId: string;
  /** Hex HMAC-SHA256 of `order_id|payment_id`, for the shop's server to verify. */
  signature: string | null;
  /** In minor units. */
  amount?: number | undefined;
  currency?: string | undefined;
  method?: "upi" | "card" | undefined;
}

/** An attempt that failed, or what ends the checkout without a payment. */
export interface Failure {
  code: string;
  description: string;
  orderId: string;
  paymentId?: string | undefined;
  declineCode?: string | undefined;
  /** Whether the buyer can try again in the same checkout. */
  retryable: boolean;
}

/** What the page says, by type. */
export interface FromPage {
  ready: Record<never, never>;
  /** To each message of the parent, at once: a page that does not answer so is dead. `awaitParent` says it. */
  heard: Record<never, never>;
  /** The height of its content in CSS pixels. */
  resize: { height: number };
  /** Whether a payment is under way, so that closing is locked. */
  processing: { active: boolean };
  payment_success: Success;
  payment_failed: Failure;
  /** The buyer closes. */
  close_modal: Record<never, never>;
}

/** What the parent says, by type. */
export interface FromParent {
  /** The buyer wants to close; the page asks first if it should, and answers `close_modal`. */
  close_requested: Record<never, never>;
  /** What the shop changed; nothing but a question whether the page lives when it is empty. */
  update: { theme?: Theme | undefined; locale?: string | undefined };
}

/** Any one message of a table of types. */
export type Message<Types> = { [Type in keyof Types]: { type: Type; data: Types[Type] } }[keyof Types];

type Shapes<Types> = { readonly [Type in keyof Types]: { readonly [Field in keyof Types[Type]]-?: Check } };

const id = text(64);
const theme = optional(oneOf("auto", "light", "dark"));
const locale = optional(text(35));

export const FROM_PAGE: Shapes<FromPage> = {
  ready: {},
  heard: {},
  resize: { height: count(100_000) },
  processing: { active: flag },
  payment_success: {
    paymentId: id,
    orderId: id,
    signature: nullable(text(128)),
    amount: optional(count(Number.MAX_SAFE_INTEGER)),
    currency: optional(text(3)),
    method: optional(oneOf("upi", "card")),
  },
  payment_failed: {
    code: text(64),
    description: text(1000),
    orderId: id,
    paymentId: optional(id),
    declineCode: optional(text(64)),
    retryable: flag,
  },
  close_modal: {},
};

export const FROM_PARENT: Shapes<FromParent> = {
  close_requested: {},
  /** What the shop changed; nothing but a question whether the page lives when it is empty. */
  update: { theme, locale },
};

const isConnect = object({
  paygate: oneOf(VERSION),
  type: oneOf("connect"),
  options: object({
    theme,
    locale,
    prefill: optional(object({ vpa: optional(text(255)), holder_name: optional(text(100)) })),
    confirmClose: optional(flag),
    container: flag,
  }),
});

/** The options of a `connect`; null for anything else. */
export function readConnect(value: unknown): ConnectOptions | null {
  return isConnect(value) ? (value as { options: ConnectOptions }).options : null;
}

/** The one message to the frame's window. */
export function connect(options: ConnectOptions): unknown {
  return { paygate: VERSION, type: "connect", options };
}

/** A message of these types, as the port brought it; null for anything else. */
export function readMessage<Types>(shapes: Shapes<Types>, value: unknown): Message<Types> | null {
  const { type, data } = Object(value) as { type: keyof Types; data: unknown };
  const isRight =
    typeof type === "string" &&
    Object.hasOwn(shapes, type) &&
    object({ v: oneOf(VERSION), type: oneOf(type), data: object(shapes[type] as Shape) })(value);
  return isRight ? ({ type, data } as Message<Types>) : null;
}

/** A message for the port. */
export function envelope<Types>(message: Message<Types>): unknown {
  return { v: VERSION, ...message };
}
