/** Columns of a list by name: what the table shows of them, and what the export has. */

import { type Column, shownColumns } from "../components/columns.ts";

/** What a column is, besides its name. */
export type Cells<Name extends string, Row> = Readonly<Record<Name, Omit<Column<Row>, "id">>>;

/** The table's columns, in the order in which they are written down. */
export function columnsOf<Name extends string, Row>(cells: Cells<Name, Row>): Column<Row>[] {
  return Object.entries<Omit<Column<Row>, "id">>(cells).map(([id, cell]) => ({ ...cell, id }));
}

/** The fields of the export for the columns that are shown. */
export function fieldsShown<Row>(
  columns: readonly Column<Row>[],
  fields: Readonly<Record<string, readonly string[]>>,
  chosen: string | undefined,
): string[] {
  const shown = shownColumns(columns, chosen);
  return columns.filter(({ id }) => shown.has(id)).flatMap(({ id }) => fields[id] ?? []);
}
