/** What the address of the ledger may say. */

import { type ListSearch, listReaders } from "../../lists/query.ts";
import { idOf, readSearch, textLike, word } from "../../lists/search.ts";
import type { Raw } from "../../url.ts";

export const ACCOUNTS = ["merchant_balance", "acquirer_receivable", "refunds_payable", "fees"] as const;
export const COLUMN_NAMES = [
  "amount",
  "account",
  "running",
  "event_type",
  "payment_id",
  "refund_id",
  "event_id",
  "created_at",
] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

export interface LedgerSearch extends Omit<ListSearch, "sort"> {
  readonly account?: (typeof ACCOUNTS)[number];
  readonly currency?: string;
  readonly payment_id?: string;
}

/** The address, read. The ledger is told newest first, always. */
export function readLedger(raw: Raw): LedgerSearch {
  const { sort: _sort, ...readers } = listReaders(COLUMN_NAMES);
  return readSearch<LedgerSearch>(
    { ...readers, account: word(ACCOUNTS), currency: textLike(/^[A-Z]{3}$/), payment_id: idOf("pay") },
    raw,
  );
}

/** What makes no payment's id; null for what does. */
export function paymentProblem(said: string): string | null {
  return idOf("pay")(said) === undefined ? "Write a whole id: pay_…" : null;
}

/** Whether sums can be told: they run back from the balance of now, so that no newer entry may be left out. */
export function canRun({ after, before, to, payment_id }: LedgerSearch): boolean {
  return [after, before, to, payment_id].every((one) => one === undefined);
}

interface Posted {
  readonly id: string;
  readonly account: string;
  readonly currency: string;
  readonly amount: number;
}

/** What each account came to with each entry: from the sums as they are now, back through all entries, newest first. */
export function runningAfter(
  entries: readonly Posted[],
  closing: ReadonlyMap<string, number>,
): Map<string, number> {
  const left = new Map(closing);
  const after = new Map<string, number>();
  for (const { id, account, currency, amount } of entries) {
    const key = `${account} ${currency}`;
    const sum = left.get(key);
    if (sum !== undefined) {
      after.set(id, sum);
      // A credit makes more of what is owed; only what the bank owes grows by debits.
      left.set(key, account === "acquirer_receivable" ? sum - amount : sum + amount);
    }
  }
  return after;
}

interface Balance {
  readonly currency: string;
  readonly available: number;
  readonly refunds_pending: number;
  readonly receivable: number;
  readonly fees: number;
}

/** What the accounts add up to now, as the balance tells it: what is owed to somebody is not negative for it. */
export function closingOf(balances: readonly Balance[]): Map<string, number> {
  return new Map(
    balances.flatMap(({ currency, available, refunds_pending, receivable, fees }) => [
      [`merchant_balance ${currency}`, available] as const,
      [`refunds_payable ${currency}`, refunds_pending] as const,
      [`acquirer_receivable ${currency}`, receivable] as const,
      [`fees ${currency}`, fees] as const,
    ]),
  );
}
