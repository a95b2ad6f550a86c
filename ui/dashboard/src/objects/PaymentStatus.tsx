/** A payment's status, and what the status alone does not tell: "success" stays when money went on or came back. */

import type { Schema } from "../api/client.ts";
import { Badge, StatusBadge } from "../components/StatusBadge.tsx";
import classes from "./PaymentStatus.module.css";

type Payment = Schema<"Payment">;

export function PaymentStatus({ payment }: { readonly payment: Payment }) {
  return (
    <span className={classes.status}>
      <StatusBadge kind="payment" status={payment.status} testId="status" />
      {payment.disputed && <Badge tone="bad">Disputed</Badge>}
      <span className={classes.note}>{noteOn(payment)}</span>
    </span>
  );
}

type Noted = Pick<Payment, "status" | "captured" | "refund_status">;

/** Where the money of a success is, in two words; empty where it is where it belongs. */
export function noteOn({ status, captured, refund_status }: Noted): string {
  if (status !== "success") {
    return "";
  }
  if (refund_status === "full") {
    return captured ? "refunded" : "released";
  }
  if (!captured) {
    return "not captured";
  }
  return { none: "", pending: "refund pending", partial: "partly refunded" }[refund_status];
}
