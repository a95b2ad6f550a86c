/** What a status is called, and how it should be felt. Pure. */

export type Tone = "good" | "bad" | "warn" | "info" | "calm";

export type StatusKind =
  | "payment"
  | "order"
  | "refund"
  | "delivery"
  | "attempt"
  | "endpoint"
  | "http"
  | "key";

interface Meaning {
  readonly text: string;
  readonly tone: Tone;
}

const MEANINGS: Record<Exclude<StatusKind, "http">, Record<string, Meaning>> = {
  payment: {
    pending: { text: "Pending", tone: "info" },
    requires_action: { text: "Needs buyer", tone: "warn" },
    success: { text: "Success", tone: "good" },
    failed: { text: "Failed", tone: "bad" },
    canceled: { text: "Canceled", tone: "calm" },
    expired: { text: "Expired", tone: "calm" },
  },
  order: {
    created: { text: "Created", tone: "calm" },
    attempted: { text: "Attempted", tone: "info" },
    paid: { text: "Paid", tone: "good" },
  },
  refund: {
    pending: { text: "Pending", tone: "info" },
    processed: { text: "Processed", tone: "good" },
    failed: { text: "Failed", tone: "bad" },
  },
  delivery: {
    pending: { text: "Pending", tone: "info" },
    success: { text: "Delivered", tone: "good" },
    failed: { text: "Failed", tone: "bad" },
  },
  attempt: {
    success: { text: "OK", tone: "good" },
    failed: { text: "Failed", tone: "bad" },
  },
  endpoint: {
    enabled: { text: "Enabled", tone: "good" },
    disabled: { text: "Disabled", tone: "warn" },
  },
  key: {
    active: { text: "Active", tone: "good" },
    expiring: { text: "Expiring", tone: "warn" },
    revoked: { text: "Revoked", tone: "calm" },
    expired: { text: "Expired", tone: "calm" },
  },
};

/** A status that is not known here is shown as it stands. */
export function meaningOf(kind: StatusKind, status: string | number): Meaning {
  if (kind === "http") {
    const code = Number(status);
    return {
      text: String(status),
      tone: code < 300 ? "good" : code < 400 ? "info" : code < 500 ? "warn" : "bad",
    };
  }
  return MEANINGS[kind][String(status)] ?? { text: String(status), tone: "calm" };
}
