/** Types of the React parts of the Paygate checkout. */

import type {
  PaymentClose,
  PaymentFailure,
  PaymentGatewayOptions,
  PaymentSuccess,
  PendingCheckout,
  Prefill,
  Theme,
} from "@paygate/sdk";
import type { ButtonHTMLAttributes, ReactNode } from "react";

export type { PaymentClose, PaymentFailure, PaymentSuccess, PendingCheckout, Prefill, Theme };

/** As of `PaymentGateway`, but for two. */
export interface UsePaymentGatewayOptions extends Omit<PaymentGatewayOptions, "key" | "orderId"> {
  /** The public half of your API key; React keeps the name `key` for itself. */
  apiKey: string;
  /** The order, or a function that has your server create it when the buyer wants to pay. */
  orderId: string | (() => string | Promise<string>);
}

/** `starting`: the order is being created. `processing`: a payment is under way, and the buyer can't close. */
export type PaymentGatewayStatus = "closed" | "starting" | "open" | "processing";

export interface PaymentGatewayHandle {
  status: PaymentGatewayStatus;
  /** Show the checkout; does nothing unless it is closed. Rejects with what went wrong, such as a failed `orderId`. */
  open: () => Promise<void>;
  /** Close it unless a payment is under way; the answer is whether it is closed. */
  close: () => boolean;
}

/**
 * The checkout for a component. It is removed when the component is.
 *
 * Handlers may be new at each render; theme and locale may change while it is shown; whatever else changes counts when
 * it is opened next. The gateway's own script is used where the page has loaded it; else say the `origin`.
 */
export declare function usePaymentGateway(options: UsePaymentGatewayOptions): PaymentGatewayHandle;

export interface PayButtonProps
  extends UsePaymentGatewayOptions,
    Omit<
      ButtonHTMLAttributes<HTMLButtonElement>,
      keyof UsePaymentGatewayOptions | "onError" | "onClick" | "type"
    > {
  /** What went wrong before the checkout was shown; without it, the browser's console tells. */
  onError?: ((error: unknown) => void) | undefined;
}

/** A button that opens the checkout. It has no style of its own; `aria-busy` while the order is being created. */
export declare function PayButton(props: PayButtonProps): ReactNode;
