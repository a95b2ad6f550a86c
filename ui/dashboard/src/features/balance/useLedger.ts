/** A page of the ledger, and what each account came to with each entry of it. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type Schema } from "../../api/client.ts";
import { pageQuery } from "../../lists/query.ts";
import { canRun, closingOf, type LedgerSearch, runningAfter } from "./list.ts";

const BALANCE = "/api/v1/balance";
const ENTRIES = "/api/v1/ledger_entries";

interface Ledger {
  readonly page: Schema<"Entries">;
  /** Sums by entry; null where they can't be told. */
  readonly running: ReadonlyMap<string, number> | null;
}

/** The page that the address names. */
export function useLedger(search: LedgerSearch, now: Date) {
  const query = pageQuery(search, now);
  return useQuery({
    // As `hooks` would have it, so that the stream brings it up to date.
    queryKey: ["get", ENTRIES, { params: { query } }],
    queryFn: async ({ signal }): Promise<Ledger> => {
      const read = async () => {
        const { data } = await api.GET(ENTRIES, { params: { query }, signal });
        return data as Schema<"Entries">;
      };
      if (!canRun(search)) {
        return { page: await read(), running: null };
      }
      const before = await closing(signal);
      const page = await read();
      const after = await closing(signal);
      return { page, running: isSame(before, after) ? runningAfter(page.data, after) : null };
    },
    placeholderData: keepPreviousData,
  });
}

async function closing(signal: AbortSignal): Promise<Map<string, number>> {
  const { data } = await api.GET(BALANCE, { signal });
  return closingOf((data as Schema<"Balance">).data);
}

/** Sums and entries are read one after the other: they belong together if nothing was posted meanwhile. */
function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([account, sum]) => other.get(account) === sum);
}
