/** A payment's refunds in a panel. */

import type { Schema } from "../api/client.ts";
import { type Column, DataTable } from "../components/DataTable.tsx";
import { Money } from "../components/Money.tsx";
import { StatusBadge } from "../components/StatusBadge.tsx";
import { When } from "../components/When.tsx";
import { ObjectLink } from "./ObjectLink.tsx";

type Refund = Schema<"Refund">;

const COLUMNS: readonly Column<Refund>[] = [
  {
    id: "amount",
    title: "Amount",
    align: "end",
    cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
  },
  { id: "status", title: "Status", cell: ({ status }) => <StatusBadge kind="refund" status={status} /> },
  { id: "id", title: "Refund", cell: ({ id }) => <ObjectLink id={id} /> },
  { id: "kind", title: "Kind", cell: ({ kind }) => (kind === "refund" ? "Refund" : "Release") },
  { id: "reason", title: "Reason", cell: ({ reason }) => reason ?? "–" },
  { id: "created_at", title: "Created", cell: ({ created_at }) => <When at={created_at} /> },
];

export function RefundsTable({ label, rows }: { readonly label: string; readonly rows: readonly Refund[] }) {
  return (
    <DataTable
      plain
      label={label}
      columns={COLUMNS}
      rows={rows}
      getId={({ id }) => id}
      to={({ id }) => `/dashboard/refunds/${id}`}
      testId="refunds-table"
      rowTestId="refund-row"
    />
  );
}
