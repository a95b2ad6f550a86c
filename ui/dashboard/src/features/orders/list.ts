/** What the address of the list of orders may say. */

import { type ListSearch, listReaders } from "../../lists/query.ts";
import { minorUnits, readSearch, text, textLike, word } from "../../lists/search.ts";
import type { Raw } from "../../url.ts";

export const STATUSES = ["created", "attempted", "paid"] as const;

/** The table's columns, each with the fields of the export that tell the same. */
export const COLUMNS = {
  amount: ["amount", "currency"],
  status: ["status"],
  id: ["id"],
  receipt: ["receipt"],
  attempts: ["attempts"],
  amount_due: ["amount_paid", "amount_due"],
  expires_at: ["expires_at"],
  created_at: ["created_at"],
} as const;
export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

export interface OrdersSearch extends ListSearch {
  readonly q?: string;
  readonly status?: (typeof STATUSES)[number];
  readonly currency?: string;
  readonly amount_min?: number;
  readonly amount_max?: number;
}

/** The address, read. */
export function readOrders(raw: Raw): OrdersSearch {
  return readSearch<OrdersSearch>(
    {
      ...listReaders(COLUMN_NAMES),
      q: text,
      status: word(STATUSES),
      currency: textLike(/^[A-Z]{3}$/),
      amount_min: minorUnits,
      amount_max: minorUnits,
    },
    raw,
  );
}
