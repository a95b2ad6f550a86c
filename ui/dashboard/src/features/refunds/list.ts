/** What the address of the list of refunds may say. */

import { type ListSearch, listReaders } from "../../lists/query.ts";
import { idOf, minorUnits, readSearch, textLike, word } from "../../lists/search.ts";
import type { Raw } from "../../url.ts";

export const STATUSES = ["pending", "processed", "failed"] as const;

/** The table's columns, each with the fields of the export that tell the same. */
export const COLUMNS = {
  amount: ["amount", "currency"],
  status: ["status"],
  id: ["id"],
  payment_id: ["payment_id"],
  kind: ["kind"],
  reason: ["reason"],
  error_code: ["error_code"],
  processed_at: ["processed_at"],
  created_at: ["created_at"],
} as const;
export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

export interface RefundsSearch extends ListSearch {
  /** A refund's id, or its payment's: the api looks for nothing else. */
  readonly q?: string;
  readonly status?: (typeof STATUSES)[number];
  readonly currency?: string;
  readonly amount_min?: number;
  readonly amount_max?: number;
}

/** What makes no search; null for what does. */
export function searchProblem(said: string): string | null {
  return idOf("rfnd", "pay")(said) === undefined ? "Write a whole id: rfnd_… or pay_…" : null;
}

/** The address, read. */
export function readRefunds(raw: Raw): RefundsSearch {
  return readSearch<RefundsSearch>(
    {
      ...listReaders(COLUMN_NAMES),
      q: idOf("rfnd", "pay"),
      status: word(STATUSES),
      currency: textLike(/^[A-Z]{3}$/),
      amount_min: minorUnits,
      amount_max: minorUnits,
    },
    raw,
  );
}
