/** From a list's address to what the api is asked, and to the export of exactly the same rows. */

import { type Place, placed } from "../components/paging.ts";
import { stringify } from "../url.ts";
import { minuteOf, PERIOD_NAMES, rangeOf, type Span } from "./period.ts";
import { day, namesOf, type Readers, text, word } from "./search.ts";

/** What the address of every list may say besides its own filters. */
export interface ListSearch extends Span {
  readonly after?: string;
  readonly before?: string;
  /** The newest first unless it says otherwise. */
  readonly sort?: "created_at";
  readonly columns?: string;
}

/** How that is read. */
export function listReaders(columns: readonly string[]): Readers<ListSearch> {
  return {
    after: text,
    before: text,
    period: word(PERIOD_NAMES),
    from: day,
    to: day,
    sort: word(["created_at"]),
    columns: namesOf(columns),
  };
}

/** Rows of a page. */
export const PAGE_ROWS = 25;

/** The filters, and the order, as the api takes them. */
type Asked<S extends ListSearch> = Omit<S, keyof Place | keyof Span | "columns"> & {
  readonly created_from?: string;
  readonly created_to?: string;
};

/** Filters and order: days and periods as instants, without what only the page cares about. */
export function asked<S extends ListSearch>(search: S, now: Date): Asked<S> {
  const { period, from, to, columns: _columns, after: _after, before: _before, ...filters } = search;
  const span = { ...(period && { period }), ...(from && { from }), ...(to && { to }) };
  return { ...filters, ...rangeOf(span, minuteOf(now)) };
}

/** The query of the page that the address names. */
export function pageQuery<S extends ListSearch>(search: S, now: Date) {
  return { limit: PAGE_ROWS, ...asked(search, now), ...placed(search) };
}

/** The address of the CSV with every row that the filters let through, in the same order, with these columns. */
export function exportHref(path: string, search: ListSearch, columns: readonly string[], now: Date): string {
  return path + stringify({ ...asked(search, now), columns: columns.join(",") });
}

/** Whether anything is filtered: neither order, columns nor page filter. */
export function isFiltered(search: ListSearch): boolean {
  const { sort: _sort, columns: _columns, after: _after, before: _before, ...filters } = search;
  return Object.values(filters).some((value) => value !== undefined);
}

/** What takes every filter away; the order and the columns stay. */
export function unfiltered(search: ListSearch): Record<string, null> {
  const { sort: _sort, columns: _columns, ...filters } = search;
  return Object.fromEntries(Object.keys(filters).map((name) => [name, null]));
}
