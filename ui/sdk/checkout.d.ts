/**
 * Types of the Paygate checkout, for `checkout.js` (a script tag: `window.PaymentGateway`) and `checkout.mjs` (bundlers).
 */

/** Colours: those of the buyer's system unless a shop says otherwise. */
export type Theme = "auto" | "light" | "dark";

/** What the buyer need not type again. */
export interface Prefill {
  /** A UPI address, such as `name@bank`. */
  vpa?: string | undefined;
  /** The name on the card. */
  holder_name?: string | undefined;
}

/** A payment that succeeded. Trust it only once your server has verified the signature. */
export interface PaymentSuccess {
  paymentId: string;
  orderId: string;
  /** Hex HMAC-SHA256 of `order_id|payment_id` with your secret; null when the merchant has no secret. */
  signature: string | null;
  /** In the currency's minor units. */
  amount?: number | undefined;
  currency?: string | undefined;
  method?: "upi" | "card" | undefined;
}

/** A failed attempt, or what ended the checkout. */
export interface PaymentFailure {
  /** For programs; `frame_timeout` when the payment page did not load. */
  code: string;
  /** For people. */
  description: string;
  orderId: string;
  paymentId?: string | undefined;
  declineCode?: string | undefined;
  /** Whether the buyer can try again in the same checkout, which stays open. */
  retryable: boolean;
}

/** How a checkout was left. */
export interface PaymentClose {
  orderId: string;
  /** Whether it had told of a success. */
  paid: boolean;
}

/** What handlers may be set for, by `on` or by the option of the same name (`onSuccess`, …). */
export interface PaymentGatewayEvents {
  /** The page is there and can be used. */
  ready: { orderId: string };
  /** A payment is under way (the buyer can't close), or is no longer. */
  processing: { orderId: string; active: boolean };
  success: PaymentSuccess;
  failure: PaymentFailure;
  close: PaymentClose;
}

export interface PaymentGatewayOptions {
  /** The public half of your API key. */
  key: string;
  /** The order that your server created. */
  orderId: string;
  /** Each successful payment, once. */
  onSuccess?: ((payment: PaymentSuccess) => void) | undefined;
  /** Each failed attempt; the buyer may go on when it is `retryable`. */
  onFailure?: ((failure: PaymentFailure) => void) | undefined;
  onClose?: ((close: PaymentClose) => void) | undefined;
  /** An element, or a selector of one, to show the checkout in; without it, a dialog is shown. */
  container?: Element | string | undefined;
  theme?: Theme | undefined;
  /** A language such as `hi` or `pt-BR`; the browser's unless said. */
  locale?: string | undefined;
  prefill?: Prefill | undefined;
  /** For pages whose policy allows styles by nonce; needed by browsers without constructable style sheets alone. */
  nonce?: string | undefined;
  /** Ask the buyer before an unfinished checkout is closed. */
  confirmClose?: boolean | undefined;
  /** How long the payment page may take to load, in milliseconds; 15000 unless said. */
  loadTimeoutMs?: number | undefined;
  /** Where the checkout is served; a script tag knows that by itself. */
  origin?: string | undefined;
}

/** A checkout that was open when the page was left. */
export interface PendingCheckout {
  orderId: string;
  /** Whether a payment was under way: open the same order again to see what came of it. */
  processing: boolean;
}

/** The checkout of one order. */
export declare class PaymentGateway {
  /** Throws a TypeError that says what to do when an option can't be used. */
  constructor(options: PaymentGatewayOptions);

  /** What this browser tab had open before it was reloaded, if it was not closed since. */
  static pending(): PendingCheckout | null;

  /** Whether it is shown. */
  readonly isOpen: boolean;

  /** Show the checkout; does nothing when it is shown already. Throws after `destroy`. */
  open(): void;

  /** Close it, unless a payment is under way; the answer is whether it is closed now. */
  close(): boolean;

  /** Remove it for good, whatever is under way. No handler is called any more. */
  destroy(): void;

  /** Change how it looks, also while it is shown. */
  update(look: { theme?: Theme | undefined; locale?: string | undefined }): void;

  on<Event extends keyof PaymentGatewayEvents>(
    event: Event,
    handler: ((data: PaymentGatewayEvents[Event]) => void) | undefined,
  ): this;

  off<Event extends keyof PaymentGatewayEvents>(
    event: Event,
    handler: ((data: PaymentGatewayEvents[Event]) => void) | undefined,
  ): this;
}

declare global {
  interface Window {
    PaymentGateway: typeof PaymentGateway;
  }
}
