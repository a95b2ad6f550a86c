import { describe, expect, it } from "vitest";
import {
  type Attempt,
  adviceFor,
  chosen,
  curlOf,
  differenceOf,
  keyOf,
  nameOf,
  outcomeOf,
  phasesOf,
} from "../../src/features/webhooks/attempts.ts";
import { diffLines } from "../../src/features/webhooks/lines.ts";

const FIRST: Attempt = {
  run: 1,
  attempt: 1,
  trigger: "auto",
  at: "2026-11-26T10:00:00Z",
  duration_ms: 41.5,
  phases: { wait: 30, dns: 1.5, read: 2, connect: 8 },
  url: "https://shop.example/webhook",
  request_headers: { "Content-Type": "application/json", "webhook-timestamp": "1" },
  response_status: 500,
  response_headers: { Server: "nginx" },
  response_body: '{"error":"boom"}',
  response_body_truncated: false,
  error_class: "status",
  error: "The endpoint answered 500",
  next_attempt_at: "2026-11-26T10:00:05Z",
};
const SECOND: Attempt = {
  ...FIRST,
  attempt: 2,
  request_headers: { "content-type": "application/json", "webhook-timestamp": "2" },
  response_status: 200,
  response_headers: { server: "nginx", "X-Time": "3" },
  response_body: '{"ok":true}',
  error_class: null,
  error: null,
  next_attempt_at: null,
};

describe("an attempt", () => {
  it("is found by its key, and the last one when the address names none", () => {
    expect(keyOf(SECOND)).toBe("1.2");
    expect(chosen([FIRST, SECOND], "1.1")).toBe(FIRST);
    expect(chosen([FIRST, SECOND], "9.9")).toBe(SECOND);
    expect(chosen([], undefined)).toBeUndefined();
  });

  it("names its run only when it was sent again", () => {
    expect([nameOf(FIRST), nameOf({ ...FIRST, run: 2 })]).toEqual(["Attempt 1", "Run 2, attempt 1"]);
  });

  it("has its phases in the order in which they happen, without those that a kept connection spares", () => {
    expect(phasesOf(FIRST).map(({ name }) => name)).toEqual(["dns", "connect", "wait", "read"]);
    expect(phasesOf({ ...FIRST, phases: { read: 1, wait: 2 } }).map(({ title }) => title)).toEqual([
      "First byte",
      "Body",
    ]);
  });

  it("is advised on by what went wrong, and by the status that came", () => {
    expect(adviceFor(SECOND)).toBeNull();
    expect(adviceFor({ ...FIRST, error_class: "tls", response_status: null })?.todo).toContain("certificate");
    const said = [301, 401, 404, 405, 410, 418, 429, 503, 700].map(
      (response_status) => adviceFor({ ...FIRST, response_status })?.what,
    );
    expect(new Set(said).size).toBe(said.length);
  });

  it("is called by its status, or by what kept it from having one", () => {
    expect(outcomeOf(FIRST)).toBe("500");
    expect(outcomeOf({ ...FIRST, response_status: null, error_class: "timeout" })).toBe("No answer in time");
  });

  it("is copied as a command with its headers and the very body", () => {
    const attempt = { ...FIRST, request_headers: { "Content-Length": "5", "X-Name": "it's" } };
    expect(curlOf(attempt, '{"a":1}')).toBe(
      "curl -i -X POST 'https://shop.example/webhook' \\\n  -H 'X-Name: it'\\''s' \\\n  --data-raw '{\"a\":1}'",
    );
  });
});

describe("the difference between two attempts", () => {
  it("is what changed, whatever the case of a header's name", () => {
    const { changes, body } = differenceOf(FIRST, SECOND);
    expect(changes).toEqual([
      { part: "outcome", name: "Outcome", before: "500", after: "200" },
      { part: "outcome", name: "Error", before: "The endpoint answered 500", after: null },
      { part: "request", name: "webhook-timestamp", before: "1", after: "2" },
      { part: "response", name: "x-time", before: null, after: "3" },
    ]);
    expect(body?.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "same {",
      'gone   "error": "boom"',
      'new   "ok": true',
      "same }",
    ]);
  });

  it("is nothing for the same answer at another time", () => {
    expect(differenceOf(FIRST, { ...FIRST, attempt: 3, at: "2026-11-26T10:01:00Z", duration_ms: 1 })).toEqual(
      {
        changes: [],
        body: null,
      },
    );
  });
});

describe("lines", () => {
  const told = (before: string, after: string) =>
    diffLines(before, after).map(({ kind, text }) => `${{ same: " ", gone: "-", new: "+" }[kind]}${text}`);

  it("stand once where both have them", () => {
    expect(told("a\nb\nc\nd", "a\nc\nd\ne")).toEqual([" a", "-b", " c", " d", "+e"]);
    expect(told("a", "a")).toEqual([" a"]);
    expect(told("a\nb", "b\na")).toEqual(["-a", " b", "+a"]);
  });

  it("always make up both texts, whatever these are", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let round = 0; round < 200; round += 1) {
      const text = () => Array.from({ length: random(8) }, () => "abc"[random(3)]).join("\n");
      const [before, after] = [text(), text()];
      const lines = diffLines(before, after);
      const side = (not: string) => lines.filter(({ kind }) => kind !== not).map((line) => line.text);
      expect([side("new").join("\n"), side("gone").join("\n")]).toEqual([before, after]);
    }
  });

  it("of long texts are not compared one by one", () => {
    const long = Array.from({ length: 700 }, (_, index) => String(index)).join("\n");
    expect(diffLines(long, `${long}\nmore`)).toHaveLength(1401);
  });
});
