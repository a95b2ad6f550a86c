import { describe, expect, it } from "vitest";
import { byLag, type Queues, verdictOf } from "../../src/features/developers/queueFigures.ts";
import {
  idempotencyText,
  isFiltered,
  readRequests,
  requestOf,
  requestQuery,
  whoOf,
} from "../../src/features/developers/requestLog.ts";

const IDLE: Queues = {
  outbox: [{ service: "api", depth: 0, oldest_s: null }],
  consumers: [
    { service: "api", topic: "b", group: "g", partition_count: 12, lag: 0 },
    { service: "api", topic: "a", group: "g", partition_count: 12, lag: 0 },
  ],
  delays: [],
  jobs: { pending: 0, processing: 0, completed: 7, failed: 0, worker_status: "running" },
  missing: [],
};

describe("the queues", () => {
  it("that are empty say so", () => {
    expect(verdictOf(IDLE).tone).toBe("good");
  });

  it("are told by what is most serious", () => {
    const busy = { ...IDLE, jobs: { ...IDLE.jobs, pending: 1 } };
    const behind = {
      ...busy,
      consumers: [{ ...IDLE.consumers[0], lag: 5000 } as Queues["consumers"][number]],
    };
    const stuck = { ...behind, outbox: [{ service: "api", depth: 3, oldest_s: 30 }] };
    const unknown = { ...stuck, missing: ["notifier"] };
    expect([busy, behind, stuck, unknown].map((one) => verdictOf(one).tone)).toEqual([
      "info",
      "warn",
      "warn",
      "warn",
    ]);
    expect(verdictOf(stuck).text).toContain("api");
    expect(verdictOf(unknown).text).toContain("notifier");
  });

  it("have those first that are behind, and the rest by name", () => {
    const consumers = [
      ...IDLE.consumers,
      { service: "x", topic: "c", group: "g", partition_count: 1, lag: 2 },
    ];
    expect(byLag(consumers).map(({ topic }) => topic)).toEqual(["c", "a", "b"]);
  });
});

describe("the log of requests", () => {
  it("goes from the address to the API's parameters", () => {
    const filter = readRequests({
      status: "4xx",
      method: "POST",
      route: "/api/v1/orders",
      after: "log_0000000000000001",
      request: "log_2",
    });
    expect(requestQuery(filter, 25)).toEqual({
      limit: 25,
      status_class: "4xx",
      method: "POST",
      route: "/api/v1/orders",
      starting_after: "log_0000000000000001",
    });
    expect(requestQuery(readRequests({ status: "1xx", method: "LOOK" }), 25)).toEqual({ limit: 25 });
  });

  it("is not filtered by the place in it, nor by what is shown in full", () => {
    expect(isFiltered(readRequests({ after: "log_0000000000000001", request: "req_2" }))).toBe(false);
    expect(isFiltered(readRequests({ key: "key_1" }))).toBe(true);
  });

  it("names who asked, and what an Idempotency-Key did", () => {
    expect(whoOf({ user: "a@b.example", api_key: null })).toBe("a@b.example");
    expect(whoOf({ user: null, api_key: "key_1" })).toBe("key_1");
    expect(whoOf({ user: null, api_key: null })).toBe("Nobody known");
    expect(idempotencyText({ idempotency: null })).toBeNull();
    expect(idempotencyText({ idempotency: "replayed" })).toContain("did nothing");
  });

  it("gives each request as a command, without a body", () => {
    expect(requestOf({ method: "POST", path: "/api/v1/orders" })).toEqual({
      method: "POST",
      path: "/api/v1/orders",
    });
  });
});
