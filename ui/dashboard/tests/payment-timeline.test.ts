/** The timeline in words. */

import { expect, it } from "vitest";
import {
  type Entry,
  factsOf,
  gapBefore,
  type Kind,
  shown,
  toneOf,
} from "../src/features/payments/timeline.ts";

function entry(kind: Kind, detail: Record<string, unknown> = {}, at = "2026-11-26T12:00:00Z"): Entry {
  return { at, kind, title: kind, detail };
}

it("facts are told in order, with links to what has a page, and without what is not there", () => {
  const event = entry("event", {
    type: "payment.success",
    id: "evt_0VxKb4M9sJq2NnBv",
    topic: "payment.events.v1",
    partition: 0,
    offset: null,
  });
  expect(factsOf(event, "INR")).toEqual([
    { label: "Type", kind: "text", value: "payment.success" },
    { label: "Id", kind: "id", value: "evt_0VxKb4M9sJq2NnBv", to: "/dashboard/events/evt_0VxKb4M9sJq2NnBv" },
    { label: "Topic", kind: "text", value: "payment.events.v1" },
    { label: "Partition", kind: "text", value: "0" },
  ]);
});

it("amounts are money, instants are times, and durations have their unit", () => {
  const detail = { amount: 100, next_attempt_at: "2026-11-26T12:00:05Z", duration_ms: 12, replay: true };
  expect(factsOf(entry("webhook", detail), "INR")).toEqual([
    { label: "Amount", kind: "money", minor: 100, currency: "INR" },
    { label: "Next attempt", kind: "when", value: "2026-11-26T12:00:05Z" },
    { label: "Took", kind: "text", value: "12 ms" },
    { label: "Replay", kind: "text", value: "yes" },
  ]);
});

it.each([
  [entry("request", { status: 201 }), "calm"],
  [entry("request", { status: 400 }), "warn"],
  [entry("state", { status: "success" }), "good"],
  [entry("state", { status: "failed" }), "bad"],
  [entry("acquirer", { outcome: "declined" }), "bad"],
  [entry("acquirer", { outcome: "approved" }), "calm"],
  [entry("webhook", { status: 200 }), "good"],
  [entry("webhook", { status: 500, error_class: "status" }), "bad"],
  [entry("webhook", { status: "pending" }), "calm"],
  [entry("ledger"), "calm"],
] as const)("%j is %s", (told, tone) => {
  expect(toneOf(told)).toBe(tone);
});

it("kinds can be switched off", () => {
  const all = [entry("request"), entry("ledger"), entry("webhook")];
  expect(shown(all, ["ledger"]).map(({ kind }) => kind)).toEqual(["request", "webhook"]);
});

it.each([
  ["2026-11-26T12:00:00Z", ""],
  ["2026-11-26T11:59:00Z", ""],
  ["2026-11-26T12:00:00.340Z", "+340 ms"],
  ["2026-11-26T12:00:02.100Z", "+2.1 sec"],
  ["2026-11-26T12:03:00Z", "+3 min"],
  ["2026-11-26T17:00:00Z", "+5 hr"],
  ["2026-12-01T12:00:00Z", "+5 days"],
])("how long it took until %s is %j", (at, gap) => {
  expect(gapBefore([entry("request"), entry("state", {}, at)], 1, "en-US")).toBe(gap);
});
