/** A few payments in a panel: those of an order, or the newest. */

import type { ReactNode } from "react";
import type { Schema } from "../api/client.ts";
import { type Column, DataTable } from "../components/DataTable.tsx";
import { Money } from "../components/Money.tsx";
import { When } from "../components/When.tsx";
import { ObjectLink } from "./ObjectLink.tsx";
import { PaymentStatus } from "./PaymentStatus.tsx";
import { instrumentOf } from "./words.ts";

type Payment = Schema<"Payment">;

const COLUMNS: readonly Column<Payment>[] = [
  {
    id: "amount",
    title: "Amount",
    align: "end",
    cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
  },
  { id: "status", title: "Status", cell: (payment) => <PaymentStatus payment={payment} /> },
  { id: "id", title: "Payment", cell: ({ id }) => <ObjectLink id={id} /> },
  { id: "method", title: "Method", cell: (payment) => instrumentOf(payment) },
  { id: "created_at", title: "Created", cell: ({ created_at }) => <When at={created_at} relative /> },
];

interface Given {
  readonly label: string;
  readonly rows: readonly Payment[] | undefined;
  readonly empty: ReactNode;
  readonly error?: unknown;
  readonly retry?: () => void;
  readonly testId?: string;
}

export function PaymentsTable(given: Given) {
  return (
    <DataTable
      {...given}
      plain
      columns={COLUMNS}
      getId={({ id }) => id}
      to={({ id }) => `/dashboard/payments/${id}`}
      rowProps={({ id }) => ({ "data-payment-id": id })}
    />
  );
}
