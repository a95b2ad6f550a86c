/** The list of payments: filters, order and columns are in the address; new ones appear by themselves. */

import { Anchor } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { hooks, type Schema } from "../../api/client.ts";
import { DataTable } from "../../components/DataTable.tsx";
import { type Filter, FilterBar } from "../../components/FilterBar.tsx";
import { Money } from "../../components/Money.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Pager } from "../../components/Pager.tsx";
import { meaningOf } from "../../components/status.ts";
import { useNow, When } from "../../components/When.tsx";
import { AmountFilter } from "../../lists/AmountFilter.tsx";
import { columnsOf, fieldsShown } from "../../lists/columns.ts";
import { ExportButton } from "../../lists/ExportButton.tsx";
import { NothingFound } from "../../lists/NothingFound.tsx";
import { exportHref, pageQuery } from "../../lists/query.ts";
import { TimeFilter } from "../../lists/TimeFilter.tsx";
import { Method } from "../../objects/Method.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { PaymentStatus } from "../../objects/PaymentStatus.tsx";
import { useUrl } from "../../url.ts";
import { COLUMNS, type ColumnName, isFresh, REFUND_STATUSES, readPayments, STATUSES } from "./list.ts";

type Payment = Schema<"Payment">;

const REFUND_WORDS = {
  none: "Not refunded",
  pending: "Refund pending",
  partial: "Partly refunded",
  full: "Fully refunded",
} as const;

const FILTERS: readonly Filter[] = [
  { kind: "text", name: "q", label: "Id, UPI address, last 4, receipt", width: 260, testId: "search-filter" },
  {
    kind: "choice",
    name: "status",
    label: "Status",
    options: STATUSES.map((value) => ({ value, label: meaningOf("payment", value).text })),
    testId: "status-filter",
  },
  {
    kind: "choice",
    name: "method",
    label: "Method",
    options: [
      { value: "card", label: "Card" },
      { value: "upi", label: "UPI" },
    ],
    width: 120,
    testId: "method-filter",
  },
  {
    kind: "choice",
    name: "captured",
    label: "Captured",
    options: [
      { value: "true", label: "Captured" },
      { value: "false", label: "Not captured" },
    ],
    testId: "captured-filter",
  },
  {
    kind: "choice",
    name: "refund_status",
    label: "Refunds",
    options: REFUND_STATUSES.map((value) => ({ value, label: REFUND_WORDS[value] })),
    testId: "refund-filter",
  },
];

const TABLE = columnsOf<ColumnName, Payment>({
  amount: {
    title: "Amount",
    align: "end",
    fixed: true,
    testId: "amount",
    cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
  },
  status: {
    title: "Status",
    cell: (payment) => <PaymentStatus payment={payment} />,
  },
  id: { title: "Payment", fixed: true, cell: ({ id }) => <ObjectLink id={id} testId="payment-id" /> },
  order_id: {
    title: "Order",
    cell: ({ order_id }) => <ObjectLink id={order_id} testId="order-id" isAside />,
  },
  method: { title: "Method", testId: "method", cell: (payment) => <Method payment={payment} /> },
  captured: { title: "Captured", hidden: true, cell: ({ captured }) => (captured ? "Yes" : "No") },
  amount_captured: {
    title: "Captured amount",
    align: "end",
    hidden: true,
    cell: ({ amount_captured, currency }) => <Money minor={amount_captured} currency={currency} />,
  },
  amount_refunded: {
    title: "Refunded",
    align: "end",
    hidden: true,
    cell: ({ amount_refunded, currency }) => <Money minor={amount_refunded} currency={currency} />,
  },
  fee: {
    title: "Fee",
    align: "end",
    hidden: true,
    cell: ({ fee, currency }) => <Money minor={fee ?? 0} currency={currency} />,
  },
  decline_code: {
    title: "Reason",
    hidden: true,
    cell: ({ decline_code, error_code }) => decline_code ?? error_code ?? "–",
  },
  capture_before: {
    title: "Capture before",
    hidden: true,
    cell: ({ capture_before }) => <When at={capture_before} />,
  },
  created_at: {
    title: "Created",
    sort: "created_at",
    testId: "created-at",
    cell: ({ created_at }) => <When at={created_at} />,
  },
});

export default function PaymentsPage() {
  const [search] = useUrl(readPayments);
  const now = useNow();
  const [opened] = useState(Date.now);
  const list = hooks.useQuery(
    "get",
    "/api/v1/payments",
    { params: { query: pageQuery(search, now) } },
    { placeholderData: keepPreviousData },
  );
  return (
    <>
      <PageHeader title="Payments" description="Every try to pay an order, as it happens." />
      <DataTable
        label="Payments"
        columns={TABLE}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={({ id }) => `/dashboard/payments/${id}`}
        rowProps={({ id, created_at }) => ({
          "data-payment-id": id,
          ...(isFresh(created_at, opened, list.dataUpdatedAt) && { "data-fresh": "" }),
        })}
        testId="transactions-table"
        rowTestId="transaction-row"
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
            noun="payments"
            href={exportHref(
              "/api/v1/payments/export",
              search,
              fieldsShown(TABLE, COLUMNS, search.columns),
              now,
            )}
          />
        }
        empty={
          <NothingFound
            search={search}
            noun="payments"
            icon="payments"
            hint={
              <>
                Make one from the{" "}
                <Anchor component={Link} to="/dashboard/docs">
                  quick start
                </Anchor>
                : it shows here at once.
              </>
            }
          />
        }
        footer={<Pager list={list.data} noun="payments" />}
      />
    </>
  );
}
