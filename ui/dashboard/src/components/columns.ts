/** Which columns a table shows, and what it is sorted by, as the address has them. Pure. */

import type { ReactNode } from "react";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** The field that the API sorts by: `created_at`. */
  readonly sort?: string;
  readonly align?: "end";
  /** The title is for who can't see the table: the cells speak for themselves. */
  readonly quiet?: boolean;
  /** Always shown. */
  readonly fixed?: boolean;
  /** Not shown until somebody chooses it. */
  readonly hidden?: boolean;
  readonly testId?: string;
}

/** A field of the API, ascending, or with `-` before it, descending. */
export type Sort = string;

/** The ids of the columns that are shown: those that were chosen, else those that are not hidden. */
export function shownColumns<Row>(columns: readonly Column<Row>[], chosen: string | undefined): Set<string> {
  const wanted = chosen?.split(",");
  const shown = columns.filter(({ id, fixed, hidden }) => fixed || (wanted?.includes(id) ?? !hidden));
  return new Set(shown.map(({ id }) => id));
}

/** What the address is to say after one column was chosen or left; null when it is what one begins with. */
export function toggled<Row>(
  columns: readonly Column<Row>[],
  shown: ReadonlySet<string>,
  id: string,
): string | null {
  const after = columns
    .filter((column) => (column.id === id) !== shown.has(column.id))
    .map((column) => column.id);
  const first = shownColumns(columns, undefined);
  const isFirst = after.length === first.size && after.every((one) => first.has(one));
  return isFirst ? null : after.join(",");
}

/** What the address asks for, if a column offers it. */
export function sortOf<Row>(
  wanted: string | undefined,
  columns: readonly Column<Row>[],
  otherwise: Sort,
): Sort {
  const field = wanted?.replace(/^-/, "");
  return wanted !== undefined && columns.some(({ sort }) => sort === field) ? wanted : otherwise;
}

/** After a press on a column's heading: largest first, then smallest. */
export function nextSort(sort: Sort, field: string): Sort {
  return sort === `-${field}` ? field : `-${field}`;
}
