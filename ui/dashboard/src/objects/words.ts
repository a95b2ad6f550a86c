/** Objects of the gateway in words, for every page that shows them. */

const NETWORKS: Readonly<Record<string, string>> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  rupay: "RuPay",
};

/** What is known of it. */
export interface Instrument {
  readonly method: "upi" | "card";
  readonly vpa?: string | null;
  readonly card_network?: string | null;
  readonly card_last4?: string | null;
}

/** How a payment is paid: `Visa •••• 4242`, `success@upi`. */
export function instrumentOf({ method, vpa, card_network, card_last4 }: Instrument): string {
  if (method === "upi") {
    return vpa ?? "UPI";
  }
  const network = NETWORKS[card_network ?? ""] ?? "Card";
  return card_last4 ? `${network} •••• ${card_last4}` : network;
}

const DECLINES: Readonly<Record<string, string>> = {
  generic_decline: "The bank declined it and gave no reason. The buyer can ask the bank, or pay another way.",
  insufficient_funds: "There was not enough money. The buyer can pay another way.",
  lost_card: "The card was reported lost. Do not tell the buyer so; ask for another card.",
  stolen_card: "The card was reported stolen. Do not tell the buyer so; ask for another card.",
  expired_card: "The card has expired. The buyer needs another one.",
  incorrect_cvc: "The security code was wrong. The buyer can try again.",
  processing_error: "The bank could not process it. The buyer can try again.",
  fraudulent: "It was blocked as fraudulent. Do not try again.",
  upi_declined: "The payer's bank declined it. The buyer can try again or pay another way.",
  authentication_failed: "The buyer did not pass the bank's authentication. They can try again.",
  authentication_timeout: "The buyer did not authenticate in time. They can try again.",
};

const ERRORS: Readonly<Record<string, string>> = {
  PAYMENT_TIMEOUT:
    "The bank did not answer in time; what it may approve later is voided. The buyer can try again.",
  LATE_SUCCESS: "The bank approved too late; the approval was voided, and the buyer was not charged.",
  ORDER_ALREADY_PAID: "Another payment of the order succeeded first; this one was voided.",
};

/** What to make of a payment that failed: by the bank's reason, else by the gateway's; empty for what nobody explained. */
export function adviceOn(errorCode: string | null, declineCode: string | null): string {
  return DECLINES[declineCode ?? ""] ?? ERRORS[errorCode ?? ""] ?? "";
}

const ACCOUNTS: Readonly<Record<string, string>> = {
  merchant_balance: "Your balance",
  acquirer_receivable: "Owed by the bank",
  refunds_payable: "Refunds under way",
  fees: "Fees",
};

/** An account of the ledger. */
export function accountName(account: string): string {
  return ACCOUNTS[account] ?? account;
}
