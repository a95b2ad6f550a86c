/** What the address of the list of payments may say. */

import { type ListSearch, listReaders } from "../../lists/query.ts";
import { flag, idOf, minorUnits, readSearch, text, textLike, word } from "../../lists/search.ts";
import type { Raw } from "../../url.ts";

export const STATUSES = ["pending", "requires_action", "success", "failed", "canceled", "expired"] as const;
export const METHODS = ["card", "upi"] as const;
export const REFUND_STATUSES = ["none", "pending", "partial", "full"] as const;

/** The table's columns, in their order; each with the fields of the export that tell the same. */
export const COLUMNS = {
  amount: ["amount", "currency"],
  status: ["status"],
  id: ["id"],
  order_id: ["order_id"],
  method: ["method", "card_network", "card_last4", "vpa"],
  captured: ["captured"],
  amount_captured: ["amount_captured"],
  amount_refunded: ["amount_refunded", "refund_status"],
  fee: ["fee"],
  decline_code: ["error_code", "decline_code"],
  capture_before: ["capture_before"],
  created_at: ["created_at"],
} as const;
export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

export interface PaymentsSearch extends ListSearch {
  readonly q?: string;
  readonly status?: (typeof STATUSES)[number];
  readonly method?: (typeof METHODS)[number];
  readonly captured?: boolean;
  readonly refund_status?: (typeof REFUND_STATUSES)[number];
  readonly currency?: string;
  readonly amount_min?: number;
  readonly amount_max?: number;
  readonly order_id?: string;
}

/** The address, read. */
export function readPayments(raw: Raw): PaymentsSearch {
  return readSearch<PaymentsSearch>(
    {
      ...listReaders(COLUMN_NAMES),
      q: text,
      status: word(STATUSES),
      method: word(METHODS),
      captured: flag,
      refund_status: word(REFUND_STATUSES),
      currency: textLike(/^[A-Z]{3}$/),
      amount_min: minorUnits,
      amount_max: minorUnits,
      order_id: idOf("order"),
    },
    raw,
  );
}

/** How long after it was made a payment counts as one that has just come. */
const FRESH_MS = 10_000;

/** Whether a payment came while the list was open (`openedMs`), shortly before the list was read (`readMs`). */
export function isFresh(createdAt: string, openedMs: number, readMs: number): boolean {
  const madeMs = Date.parse(createdAt);
  return madeMs > openedMs && readMs - madeMs < FRESH_MS;
}
