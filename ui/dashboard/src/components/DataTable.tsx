/** Rows of one kind. Sort and the choice of columns are in the address; a row leads to its page. */

import { Skeleton } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { columnVisibilityFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { type MouseEvent, type ReactNode, useMemo } from "react";
import { type Raw, useUrl } from "../url.ts";
import { ColumnMenu } from "./ColumnMenu.tsx";
import { type Column, nextSort, type Sort, shownColumns, sortOf } from "./columns.ts";
import styles from "./DataTable.module.css";
import { EmptyState } from "./EmptyState.tsx";
import { ErrorState } from "./ErrorState.tsx";
import { Icon } from "./Icon.tsx";

export type { Column } from "./columns.ts";

interface Props<Row> {
  /** What the rows are: the table's name for who can't see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while they are on the way. */
  readonly rows: readonly Row[] | undefined;
  readonly getId: (row: Row) => string;
  /** The address of a row's page. A column's cell is to hold a link to it, for the keyboard. */
  readonly to?: (row: Row) => string;
  /** Attributes of a row, as `data-payment-id`. */
  readonly rowProps?: (row: Row) => Readonly<Record<`data-${string}`, string>>;
  readonly empty?: ReactNode;
  readonly error?: unknown;
  readonly retry?: () => void;
  /** What the table is sorted by when the address does not say. */
  readonly defaultSort?: Sort;
  /** Beside the choice of columns: filters at the start, exports at the end. */
  readonly filters?: ReactNode;
  readonly actions?: ReactNode;
  /** Below the rows: the pager. */
  readonly footer?: ReactNode;
  readonly testId?: string;
  readonly rowTestId?: string;
  /** How many rows to outline while they are on the way. */
  readonly outline?: number;
  /** They are of the filter before: shown paler until the new ones come. */
  readonly isOld?: boolean;
  /** Without a menu of columns: small tables. */
  readonly plain?: boolean;
}

const features = tableFeatures({ columnVisibilityFeature });
const NONE: readonly never[] = [];
const readRaw = (raw: Raw) => raw;

export function DataTable<Row extends object>(props: Props<Row>) {
  const { columns, rows, getId, error, plain = false, defaultSort = "-created_at" } = props;
  const [{ columns: chosen, sort: wanted }, change] = useUrl(readRaw);
  const sort = sortOf(wanted, columns, defaultSort);
  const shown = useMemo(() => shownColumns(columns, chosen), [columns, chosen]);
  const table = useTable({
    features,
    columns: useMemo(
      () =>
        columns.map((column) => ({
          id: column.id,
          header: column.title,
          cell: ({ row }: { row: { original: Row } }) => column.cell(row.original),
        })),
      [columns],
    ),
    data: (rows ?? NONE) as Row[],
    getRowId: getId,
    state: { columnVisibility: Object.fromEntries(columns.map(({ id }) => [id, shown.has(id)])) },
  });
  const visible = columns.filter(({ id }) => shown.has(id));
  const hasBar = props.filters !== undefined || props.actions !== undefined || !plain;

  return (
    <div className={styles.frame}>
      {hasBar && (
        <div className={styles.bar}>
          <div className={styles.filters}>{props.filters}</div>
          <div className={styles.actions}>
            {!plain && (
              <ColumnMenu
                columns={columns}
                shown={shown}
                choose={(list) => change({ columns: list }, { replace: true })}
              />
            )}
            {props.actions}
          </div>
        </div>
      )}
      {error ? (
        <div className={styles.problem}>
          <ErrorState error={error} retry={props.retry} />
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard
        <section className={styles.scroll} tabIndex={0} aria-label={`Table: ${props.label}`}>
          <table
            className={styles.table}
            data-test-id={props.testId}
            aria-busy={rows === undefined}
            data-old={props.isOld || undefined}
          >
            <thead>
              <tr>
                {visible.map((column) => (
                  <Heading
                    key={column.id}
                    column={column}
                    sort={sort}
                    choose={(next) => change({ sort: next === defaultSort ? null : next })}
                  />
                ))}
              </tr>
            </thead>
            <tbody>
              {rows === undefined ? (
                <Outline rows={props.outline ?? 8} columns={visible} />
              ) : (
                table.getRowModel().rows.map((row) => (
                  <RowLine
                    key={row.id}
                    to={props.to?.(row.original)}
                    testId={props.rowTestId}
                    extra={props.rowProps?.(row.original)}
                  >
                    {row.getVisibleCells().map((cell, index) => (
                      <td
                        key={cell.id}
                        data-align={visible[index]?.align}
                        data-test-id={visible[index]?.testId}
                      >
                        <table.FlexRender cell={cell} />
                      </td>
                    ))}
                  </RowLine>
                ))
              )}
            </tbody>
          </table>
          {rows?.length === 0 && (props.empty ?? <EmptyState title="Nothing here yet" />)}
        </section>
      )}
      {props.footer !== undefined && !error && <div className={styles.footer}>{props.footer}</div>}
    </div>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort;
  readonly choose: (sort: Sort) => void;
}

function Heading<Row>({ column, sort, choose }: HeadingProps<Row>) {
  const field = column.sort;
  if (field === undefined) {
    return (
      <th scope="col" data-align={column.align}>
        {column.quiet ? <span className="visually-hidden">{column.title}</span> : column.title}
      </th>
    );
  }
  const direction = sort === field ? "ascending" : sort === `-${field}` ? "descending" : undefined;
  const icon = direction === undefined ? "sort" : direction === "ascending" ? "up" : "down";
  return (
    <th scope="col" data-align={column.align} aria-sort={direction ?? "none"}>
      <button type="button" className={styles.sort} onClick={() => choose(nextSort(sort, field))}>
        {column.title}
        <Icon name={icon} size={14} />
      </button>
    </th>
  );
}

interface RowProps {
  readonly to: string | undefined;
  readonly testId: string | undefined;
  readonly extra: Readonly<Record<string, string>> | undefined;
  readonly children: ReactNode;
}

function RowLine({ to, testId, extra, children }: RowProps) {
  const navigate = useNavigate();
  const go = (event: MouseEvent<HTMLElement>) => {
    // What can be pressed in a row, and a text that is being marked, come first.
    const isTaken =
      event.target instanceof Element && event.target.closest("a, button, input, label") !== null;
    if (to !== undefined && !isTaken && window.getSelection()?.toString() === "") {
      void navigate({ to });
    }
  };
  // For a mouse alone: the keyboard has the link in the row.
  return (
    <tr data-test-id={testId} data-leads={to !== undefined || undefined} onClick={go} {...extra}>
      {children}
    </tr>
  );
}

function Outline<Row>({ rows, columns }: { rows: number; columns: readonly Column<Row>[] }) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
    <tr key={row}>
      {columns.map((column, index) => (
        <td key={column.id} data-align={column.align}>
          <Skeleton height={14} width={index === 0 ? 148 : 72} display="inline-block" />
        </td>
      ))}
    </tr>
  ));
}
