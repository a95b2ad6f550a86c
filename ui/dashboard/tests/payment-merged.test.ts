/** One timeline out of what six routes tell. */

import { expect, it } from "vitest";
import type { Schema } from "../src/api/client.ts";
import { isUnderWay, merged, type Parts } from "../src/features/payments/merged.ts";

const NONE: Parts = { changes: [], requests: [], decisions: [], events: [], postings: [], deliveries: [] };

/** What of an object a test is about; the rest is of no account here. */
function some<T>(part: object): T {
  return part as T;
}

type Change = Schema<"TimelineEntry">;

it("everything is in order of time, to the microsecond, and a cause before what it caused", () => {
  const created = "2026-11-26T12:00:00.000100Z";
  const told = merged({
    changes: [
      some({ at: created, event: "payment.created", actor: "merchant", status: "pending" }),
      some({ at: "2026-11-26T12:00:01.5Z", event: "payment.success", actor: "acquirer", status: "success" }),
    ],
    requests: [
      some({ at: "2026-11-26T12:00:00.017Z", duration_ms: 16.9, method: "POST", path: "/api/v1/payments" }),
    ],
    decisions: [
      some({ operation: "authorise", outcome: "approved", calls: 1, at: "2026-11-26T12:00:01.4Z" }),
    ],
    events: [
      some({ id: "evt_2", type: "payment.success", created_at: "2026-11-26T12:00:01.500000Z" }),
      some({ id: "evt_1", type: "payment.created", created_at: created }),
    ],
    postings: [some({ account: "fees", amount: -5, created_at: "2026-11-26T12:00:02Z" })],
    deliveries: [],
  });
  expect(told.map(({ kind, title }) => [kind, title])).toEqual([
    ["request", "POST /api/v1/payments"],
    ["state", "Created"],
    ["event", "payment.created"],
    ["acquirer", "The bank approved the authorisation"],
    ["state", "Authorised by the bank"],
    ["event", "payment.success"],
    ["ledger", "Fees"],
  ]);
});

it("each attempt of each delivery is told, with what came of it", () => {
  const attempt = {
    at: "2026-11-26T12:00:03Z",
    attempt: 1,
    duration_ms: 12.6,
    error: null,
    next_attempt_at: null,
  };
  const delivery = some<Schema<"DeliveryDetail">>({
    id: "whd_1",
    event: "payment.success",
    attempt_log: [
      { ...attempt, response_status: 500, error_class: "status" },
      { ...attempt, at: "2026-11-26T12:00:09Z", attempt: 2, response_status: 200, error_class: null },
    ],
  });
  const told = merged({ ...NONE, deliveries: [delivery] });
  expect(told.map(({ title }) => title)).toEqual([
    "payment.success not delivered",
    "payment.success delivered",
  ]);
  expect(told[0]?.detail).toMatchObject({ status: 500, attempt: 1, duration_ms: 13, delivery_id: "whd_1" });
});

it("a delivery that was not tried yet waits", () => {
  const delivery = some<Schema<"DeliveryDetail">>({
    event: "payment.success",
    status: "pending",
    attempt_log: [],
  });
  expect(merged({ ...NONE, deliveries: [delivery] }).map(({ title }) => title)).toEqual([
    "payment.success waits to be sent",
  ]);
});

it("more is to come while a delivery is pending, and right after a change", () => {
  const now = new Date("2026-11-26T12:00:20Z");
  const changed = (at: string) => ({ ...NONE, changes: [some<Change>({ at })] });
  expect(isUnderWay(changed("2026-11-26T12:00:10Z"), now)).toBe(true);
  expect(isUnderWay(changed("2026-11-26T12:00:01Z"), now)).toBe(false);
  expect(isUnderWay({ ...NONE, deliveries: [some({ status: "pending" })] }, now)).toBe(true);
  expect(isUnderWay({ ...NONE, deliveries: [some({ status: "success" })] }, now)).toBe(false);
});
