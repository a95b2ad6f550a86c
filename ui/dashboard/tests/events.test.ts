/** Events: what is asked for, what is sent, and to whom. */

import { expect, it } from "vitest";
import {
  asksFor,
  objectProblem,
  placeOf,
  readEvents,
  typeName,
  webhookBody,
} from "../src/features/events/list.ts";

it("the address names a type that there is, and a whole id", () => {
  expect(readEvents({ type: "payment.*", object: "rfnd_0VxKb4M9sJq2NnBv" })).toEqual({
    type: "payment.*",
    object: "rfnd_0VxKb4M9sJq2NnBv",
  });
  expect(readEvents({ type: "payment.lost", object: "evt_0VxKb4M9sJq2NnBv" })).toEqual({});
  expect(objectProblem("order_0VxKb4M9sJq2NnBv")).toBeNull();
  expect(objectProblem("4242")).not.toBeNull();
  expect(typeName("refund.*")).toBe("All of refunds");
});

it("a webhook's body has whole seconds", () => {
  const event = {
    id: "evt_1",
    type: "payment.success",
    created_at: "2026-11-26T12:00:00.999Z",
    sequence: 3,
    data: {},
  };
  expect(webhookBody(event)).toEqual({
    id: "evt_1",
    event: "payment.success",
    timestamp: 1795694400,
    sequence: 3,
    data: {},
  });
});

it("a place in Kafka is told once it is known, partition and offset 0 included", () => {
  expect(placeOf({ topic: "payment.events.v1", partition: 0, offset: 0 })).toBe("payment.events.v1 / 0 @ 0");
  expect(placeOf({ topic: "payment.events.v1", partition: null, offset: null })).toBeNull();
});

it("an endpoint asks for a type by its name, by its kind, or for all", () => {
  const endpoint = { enabled: true, url: "https://a.test", event_types: ["refund.*", "payment.success"] };
  expect(asksFor(endpoint, "payment.success")).toBe(true);
  expect(asksFor(endpoint, "refund.failed")).toBe(true);
  expect(asksFor(endpoint, "payment.failed")).toBe(false);
  expect(asksFor({ ...endpoint, event_types: ["*"] }, "payment.failed")).toBe(true);
  expect(asksFor({ ...endpoint, enabled: false }, "payment.success")).toBe(false);
});
