/** The list of refunds. */

import { keepPreviousData } from "@tanstack/react-query";
import { hooks, type Schema } from "../../api/client.ts";
import { DataTable } from "../../components/DataTable.tsx";
import { type Filter, FilterBar } from "../../components/FilterBar.tsx";
import { Money } from "../../components/Money.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Pager } from "../../components/Pager.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { meaningOf } from "../../components/status.ts";
import { useNow, When } from "../../components/When.tsx";
import { AmountFilter } from "../../lists/AmountFilter.tsx";
import { columnsOf, fieldsShown } from "../../lists/columns.ts";
import { ExportButton } from "../../lists/ExportButton.tsx";
import { NothingFound } from "../../lists/NothingFound.tsx";
import { exportHref, pageQuery } from "../../lists/query.ts";
import { TimeFilter } from "../../lists/TimeFilter.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { useUrl } from "../../url.ts";
import { COLUMNS, type ColumnName, readRefunds, STATUSES, searchProblem } from "./list.ts";

const FILTERS: readonly Filter[] = [
  {
    kind: "text",
    name: "q",
    label: "Id of a refund or payment",
    width: 240,
    check: searchProblem,
    testId: "search-filter",
  },
  {
    kind: "choice",
    name: "status",
    label: "Status",
    options: STATUSES.map((value) => ({ value, label: meaningOf("refund", value).text })),
    testId: "status-filter",
  },
];

const TABLE = columnsOf<ColumnName, Schema<"Refund">>({
  amount: {
    title: "Amount",
    align: "end",
    fixed: true,
    cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
  },
  status: { title: "Status", cell: ({ status }) => <StatusBadge kind="refund" status={status} /> },
  id: { title: "Refund", fixed: true, cell: ({ id }) => <ObjectLink id={id} testId="refund-id" /> },
  payment_id: { title: "Payment", cell: ({ payment_id }) => <ObjectLink id={payment_id} isAside /> },
  kind: { title: "Kind", cell: ({ kind }) => (kind === "refund" ? "Refund" : "Release") },
  reason: { title: "Reason", cell: ({ reason }) => reason ?? "–" },
  error_code: { title: "Error", hidden: true, cell: ({ error_code }) => error_code ?? "–" },
  processed_at: { title: "Processed", hidden: true, cell: ({ processed_at }) => <When at={processed_at} /> },
  created_at: { title: "Created", sort: "created_at", cell: ({ created_at }) => <When at={created_at} /> },
});

export default function RefundsPage() {
  const [search] = useUrl(readRefunds);
  const now = useNow();
  const list = hooks.useQuery(
    "get",
    "/api/v1/refunds",
    { params: { query: pageQuery(search, now) } },
    { placeholderData: keepPreviousData },
  );
  return (
    <>
      <PageHeader
        title="Refunds"
        description="Money on its way back to buyers, and authorisations made smaller."
      />
      <DataTable
        label="Refunds"
        columns={TABLE}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={({ id }) => `/dashboard/refunds/${id}`}
        testId="refunds-table"
        rowTestId="refund-row"
        error={list.error}
        retry={() => void list.refetch()}
        isOld={list.isPlaceholderData}
        filters={
          <FilterBar filters={FILTERS}>
            <AmountFilter />
            <TimeFilter />
          </FilterBar>
        }
        actions={
          <ExportButton
            noun="refunds"
            href={exportHref(
              "/api/v1/refunds/export",
              search,
              fieldsShown(TABLE, COLUMNS, search.columns),
              now,
            )}
          />
        }
        empty={
          <NothingFound
            search={search}
            noun="refunds"
            icon="refunds"
            hint="Open a captured payment and press Refund: the refund shows here at once."
          />
        }
        footer={<Pager list={list.data} noun="refunds" />}
      />
    </>
  );
}
