import { describe, expect, it } from "vitest";
import type { Schema } from "../../src/api/client.ts";
import {
  changes,
  creation,
  EMPTY,
  formOf,
  MASK,
  problemsOf,
  urlProblem,
} from "../../src/features/webhooks/endpointForm.ts";
import { EVENT_TYPES, summary, tidied, typesOf } from "../../src/features/webhooks/events.ts";
import { attemptsAt, countdown, readGaps, span, writeGaps } from "../../src/features/webhooks/schedule.ts";

const ENDPOINT: Schema<"WebhookEndpoint"> = {
  id: "we_0000000000000001",
  url: "https://shop.example/webhook",
  description: "Books",
  event_types: ["refund.*", "payment.failed"],
  headers: { Authorization: MASK },
  enabled: true,
  disabled_reason: null,
  disabled_at: null,
  is_default: false,
  rate_limit_per_s: 5,
  api_version: "2026-11-01",
  ordering: "none",
  retry_gaps_s: [60, 5400],
  schedule_s: [60, 5400],
  failing_since: null,
  former_secret_expires_at: null,
  created_at: "2026-11-26T10:00:00Z",
  updated_at: "2026-11-26T10:00:00Z",
};

describe("an endpoint's form", () => {
  it("that nobody touched changes nothing", () => {
    expect(changes(ENDPOINT, formOf(ENDPOINT))).toEqual({});
  });

  it("sends what is otherwise than before, and of the headers too", () => {
    const form = {
      ...formOf(ENDPOINT),
      rateLimit: "",
      ordered: true,
      headers: [{ key: "n", name: "X-Shop", value: "1" }],
    };
    expect(changes(ENDPOINT, form)).toEqual({
      rate_limit_per_s: null,
      ordering: "object",
      headers: { Authorization: null, "X-Shop": "1" },
    });
  });

  it("makes an endpoint that asks for everything when nothing else is said", () => {
    expect(creation({ ...EMPTY, url: " https://a.example/ " })).toEqual({
      url: "https://a.example/",
      description: "",
      event_types: ["*"],
      headers: {},
      rate_limit_per_s: null,
      ordering: "none",
      retry_gaps_s: null,
    });
  });

  it("says what has to be mended, by its field", () => {
    expect(problemsOf(formOf(ENDPOINT))).toEqual({});
    const wrong = {
      ...EMPTY,
      url: "shop.example",
      everything: false,
      rateLimit: "0",
      gaps: "soon",
      headers: [{ key: "a", name: "X Y", value: "1" }],
    };
    expect(Object.keys(problemsOf(wrong)).toSorted()).toEqual([
      "gaps",
      "headers",
      "patterns",
      "rateLimit",
      "url",
    ]);
    expect(problemsOf({ ...wrong, once: true }).gaps).toBeUndefined();
  });

  it("takes no header twice, none without a value, and none that begins with a space", () => {
    const told = (...rows: [string, string][]) =>
      problemsOf({
        ...EMPTY,
        url: "https://a.example",
        headers: rows.map(([name, value]) => ({ key: name, name, value })),
      }).headers;
    expect(told(["X-A", "1"], ["", ""])).toBeUndefined();
    expect(told(["X-A", "1"], ["x-a", "2"])).toContain("twice");
    expect(told(["X-A", ""])).toContain("value");
    expect(told(["X-A", " 1"])).toContain("space");
  });

  it("takes URLs of the web alone, without a password in them", () => {
    expect(urlProblem("http://localhost:4000/webhook")).toBeNull();
    for (const bad of [
      "",
      "ftp://a.example",
      "javascript:alert(1)",
      "https://me:it@a.example",
      `https://a/${"x".repeat(2048)}`,
    ]) {
      expect(urlProblem(bad)).not.toBeNull();
    }
  });
});

describe("event types", () => {
  it("are what patterns ask for", () => {
    expect(typesOf(["*"])).toEqual(EVENT_TYPES);
    expect(typesOf(["refund.*", "payment.failed"])).toEqual([
      "payment.failed",
      "refund.created",
      "refund.processed",
      "refund.failed",
    ]);
  });

  it("are asked for as a group once all of it are chosen", () => {
    expect(tidied(["refund.created", "refund.failed", "refund.processed", "payment.failed"])).toEqual([
      "payment.failed",
      "refund.*",
    ]);
    expect(tidied(["refund.*", "refund.created"])).toEqual(["refund.*"]);
    expect(tidied(["*", "refund.*"])).toEqual(["*"]);
    expect(tidied(["webhook.test"])).toEqual(["webhook.test"]);
  });

  it("are told in a few words", () => {
    expect([
      summary(["*"]),
      summary(["refund.*"]),
      summary(["refund.*", "payment.failed", "webhook.test"]),
    ]).toEqual(["Everything", "refund.*", "refund.* and 2 more"]);
  });
});

describe("spans of time", () => {
  it("are read as people write them, and written so that they are read again", () => {
    expect(readGaps("5s, 1 min; 90m, 2 h,1d, 30")).toEqual([5, 60, 5400, 7200, 86_400, 30]);
    expect(readGaps("  ")).toBeNull();
    for (const gaps of [[5, 90, 5400, 7200, 86_400], [61]]) {
      expect(readGaps(writeGaps(gaps))).toEqual(gaps);
    }
  });

  it.each(["soon", "1 week", "-5 s", "4 s", "2 d", "1d,1d,1d,1d", "5s,5s,5s,5s,5s,5s,5s,5s,5s,5s"])(
    "are refused with a reason: %s",
    (text) => {
      expect(readGaps(text)).toHaveProperty("problem");
    },
  );

  it("are told in two units at most", () => {
    expect([0, 59, 60, 5400, 90_061].map(span)).toEqual(["0 s", "59 s", "1 min", "1 h 30 min", "1 d 1 h"]);
    expect(attemptsAt([5, 10, 15])).toBe("at once, after 5 s, after 15 s, after 30 s");
  });

  it("count down to an instant, and never below it", () => {
    const now = new Date("2026-11-26T10:00:00.400Z");
    expect(countdown("2026-11-26T10:00:05Z", now)).toBe("in 5 s");
    expect(countdown("2026-11-26T09:59:00Z", now)).toBe("now");
  });
});
