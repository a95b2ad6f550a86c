/** What the gateway's buyers' routes say, and the check that it is that. Pure. */

import type { OrderStatus } from "./bootstrap.ts";

export type PaymentStatus = "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
export type FieldName = "vpa" | "number" | "expiry" | "cvv" | "holder";

/** A payment as its buyer may see it: amount in minor units. */
export interface Payment {
  readonly id: string;
  readonly order_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly method: "upi" | "card";
  readonly status: PaymentStatus;
  readonly next_action?: { readonly type: string; readonly url: string } | null;
  readonly error_code?: string | null;
  readonly error_description?: string | null;
  readonly decline_code?: string | null;
  readonly signature?: string | null;
  readonly created_at: string;
}

/** The order with its newest payments, newest first. */
export interface Told {
  readonly order: {
    readonly id: string;
    readonly status: OrderStatus;
    readonly expires_at?: string | null;
  };
  readonly payments: readonly Payment[];
}

/** A refusal as the error envelope has it; `status` is HTTP's. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  readonly field: string | null;
  readonly reason: string | null;
}

/** Whether it refuses for good: buyers have tried to pay the order too often. */
export function isTriedOut(reason: string | null): boolean {
  return reason === "too_many_attempts";
}

const STATUSES = ["pending", "requires_action", "success", "failed", "canceled", "expired"];

interface Fields {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly next_action?: unknown;
  readonly url?: unknown;
  readonly order?: unknown;
  readonly payments?: unknown;
  readonly error?: unknown;
  readonly code?: unknown;
  readonly description?: unknown;
  readonly field?: unknown;
  readonly reason?: unknown;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value : {};
}

/** The value as a payment, or null. */
export function readPayment(value: unknown): Payment | null {
  const fields = fieldsOf(value);
  if (typeof fields.id !== "string" || !STATUSES.includes(String(fields.status))) {
    return null;
  }
  // Shown in a frame: an address of any other kind (javascript:, data:) is nobody's bank.
  const isSafe = fields.next_action == null || /^https?:\/\//.test(String(fieldsOf(fields.next_action).url));
  return isSafe ? (value as Payment) : null;
}

/** The value as an order with its payments, or null. */
export function readTold(value: unknown): Told | null {
  const { order, payments } = fieldsOf(value);
  if (typeof fieldsOf(order).id !== "string" || !Array.isArray(payments)) {
    return null;
  }
  return payments.every((payment) => readPayment(payment) !== null) ? (value as Told) : null;
}

/** The error envelope's content; a body that is none gives the status alone. */
export function readProblem(status: number, body: unknown): Problem {
  const error = fieldsOf(fieldsOf(body).error);
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return {
    status,
    code: text(error.code) ?? `HTTP_${status}`,
    description: text(error.description) ?? "",
    field: text(error.field),
    reason: text(error.reason),
  };
}
