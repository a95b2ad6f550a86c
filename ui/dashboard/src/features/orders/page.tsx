/** The list of orders. */

import { Anchor } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
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
import { COLUMNS, type ColumnName, readOrders, STATUSES } from "./list.ts";

const FILTERS: readonly Filter[] = [
  { kind: "text", name: "q", label: "Id or receipt", width: 240, testId: "search-filter" },
  {
    kind: "choice",
    name: "status",
    label: "Status",
    options: STATUSES.map((value) => ({ value, label: meaningOf("order", value).text })),
    testId: "status-filter",
  },
];

const TABLE = columnsOf<ColumnName, Schema<"Order">>({
  amount: {
    title: "Amount",
    align: "end",
    fixed: true,
    cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
  },
  status: { title: "Status", cell: ({ status }) => <StatusBadge kind="order" status={status} /> },
  id: { title: "Order", fixed: true, cell: ({ id }) => <ObjectLink id={id} testId="order-id" /> },
  receipt: { title: "Receipt", cell: ({ receipt }) => receipt ?? "–" },
  attempts: { title: "Attempts", align: "end", cell: ({ attempts }) => attempts },
  amount_due: {
    title: "Due",
    align: "end",
    hidden: true,
    cell: ({ amount_due, currency }) => <Money minor={amount_due} currency={currency} />,
  },
  expires_at: { title: "Expires", hidden: true, cell: ({ expires_at }) => <When at={expires_at} /> },
  created_at: { title: "Created", sort: "created_at", cell: ({ created_at }) => <When at={created_at} /> },
});

export default function OrdersPage() {
  const [search] = useUrl(readOrders);
  const now = useNow();
  const list = hooks.useQuery(
    "get",
    "/api/v1/orders",
    { params: { query: pageQuery(search, now) } },
    { placeholderData: keepPreviousData },
  );
  return (
    <>
      <PageHeader
        title="Orders"
        description="What buyers are asked to pay: once, however many tries it takes."
      />
      <DataTable
        label="Orders"
        columns={TABLE}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={({ id }) => `/dashboard/orders/${id}`}
        testId="orders-table"
        rowTestId="order-row"
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
            noun="orders"
            href={exportHref(
              "/api/v1/orders/export",
              search,
              fieldsShown(TABLE, COLUMNS, search.columns),
              now,
            )}
          />
        }
        empty={
          <NothingFound
            search={search}
            noun="orders"
            icon="orders"
            hint={
              <>
                Your server makes one for each sale: the{" "}
                <Anchor component={Link} to="/dashboard/docs">
                  quick start
                </Anchor>{" "}
                shows how.
              </>
            }
          />
        }
        footer={<Pager list={list.data} noun="orders" />}
      />
    </>
  );
}
