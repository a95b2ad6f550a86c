import { describe, expect, it } from "vitest";
import {
  aboutProblem,
  isFiltered,
  logQuery,
  readLog,
  retryFilter,
} from "../../src/features/webhooks/filters.ts";
import { pace } from "../../src/features/webhooks/pace.ts";
import {
  buttonText,
  filterText,
  previewOf,
  previewText,
  progressText,
} from "../../src/features/webhooks/retryMany.ts";

const PAYMENT = "pay_0000000000000001";
const EVENT = "evt_0000000000000001";
const ENDPOINT = "we_0000000000000001";

describe("the log's filters", () => {
  it("go from the address to the API's parameters", () => {
    const filter = readLog({
      status: "failed",
      event: "payment.success",
      endpoint: ENDPOINT,
      reason: "exhausted",
      about: PAYMENT,
      from: "2026-11-20",
      to: "2026-11-21",
      after: "whd_0000000000000001",
    });
    expect(logQuery(filter, 20)).toEqual({
      limit: 20,
      status: "failed",
      event: "payment.success",
      webhook_endpoint_id: ENDPOINT,
      failure_reason: "exhausted",
      payment_id: PAYMENT,
      created_from: new Date("2026-11-20T00:00:00").toISOString(),
      created_to: new Date("2026-11-22T00:00:00").toISOString(),
      starting_after: "whd_0000000000000001",
    });
  });

  it("leave out what somebody wrote wrongly into the address", () => {
    const filter = readLog({
      status: "broken",
      event: "x",
      endpoint: "we_1",
      reason: "?",
      about: "order_1",
      from: "yesterday",
      after: "pay_1",
    });
    expect(logQuery(filter, 20)).toEqual({ limit: 20 });
    expect(isFiltered(filter)).toBe(false);
  });

  it("find deliveries by their payment or by their event", () => {
    expect(readLog({ about: EVENT })).toMatchObject({ eventId: EVENT, payment: undefined });
    expect([aboutProblem(PAYMENT), aboutProblem(EVENT)]).toEqual([null, null]);
    expect(aboutProblem("order_0000000000000001")).toContain("pay_");
  });

  it("count as filters but for the place in the list", () => {
    expect(isFiltered(readLog({ after: "whd_0000000000000001" }))).toBe(false);
    expect(isFiltered(readLog({ status: "failed" }))).toBe(true);
  });
});

describe("sending many again", () => {
  it("means what the log shows, of which the failed ones unless the delivered are asked for", () => {
    expect(retryFilter(readLog({ event: "payment.failed", endpoint: ENDPOINT }))).toEqual({
      status: "failed",
      event: "payment.failed",
      webhook_endpoint_id: ENDPOINT,
    });
    expect(retryFilter(readLog({ status: "success", about: PAYMENT }))).toEqual({
      status: "success",
      payment_id: PAYMENT,
    });
  });

  it("is refused where the API could only mean more than the log shows", () => {
    expect(retryFilter(readLog({ status: "pending" }))).toHaveProperty("why");
    expect(retryFilter(readLog({ about: EVENT }))).toHaveProperty("why");
  });

  it("says how many before it begins, and how far it is", () => {
    const preview = previewOf({ scheduled: 500, remaining: 734, remaining_capped: false });
    expect(previewText(preview, "en-US")).toMatch(/^1,234 deliveries will be sent again/);
    expect(buttonText(preview, "en-US")).toBe("Send 1,234 deliveries again");
    expect(progressText(500, preview, "en-US")).toBe("500 of 1,234 begun");
    const one = { total: 1, more: false };
    expect(buttonText(one, "en-US")).toBe("Send 1 delivery again");
    expect(previewText({ total: 0, more: false }, "en-US")).toMatch(/^No delivery/);
  });

  it("says so when not all were counted", () => {
    const preview = previewOf({ scheduled: 1, remaining: 9999, remaining_capped: true });
    expect(previewText(preview, "en-US")).toMatch(/^More than 10,000/);
    expect(buttonText(preview, "en-US")).toBe("Send all again");
  });

  it("tells the filter in words", () => {
    const words = filterText(
      { status: "failed", event: "refund.failed", webhook_endpoint_id: ENDPOINT, failure_reason: "gone" },
      () => "Books",
      (at) => at,
    );
    expect(words).toEqual([
      "which failed",
      "of type refund.failed",
      "to Books",
      "because your server said 410, gone",
    ]);
  });
});

describe("the log's pace", () => {
  const now = new Date("2026-11-26T10:00:00Z");
  const pending = (next_attempt_at: string | null) => ({ status: "pending" as const, next_attempt_at });

  it("stands still when nothing changes by itself", () => {
    expect(pace([{ status: "failed", next_attempt_at: null }], now)).toBe(false);
    expect(pace(undefined, now)).toBe(false);
  });

  it("looks right after the next attempt is due, no sooner than each second and no later than each twenty", () => {
    expect(pace([pending("2026-11-26T10:30:00Z"), pending("2026-11-26T10:00:05Z")], now)).toBe(5400);
    expect(pace([pending(null)], now)).toBe(1000);
    expect(pace([pending("2026-11-26T12:00:00Z")], now)).toBe(20_000);
  });
});
