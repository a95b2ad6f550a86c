/** Requests to the gateway: keys, retries, timeouts. */

import { expect, it } from "vitest";
import { type Card, Gateway, LIMITS, type Surroundings } from "../src/api.ts";
import type { Trouble } from "../src/machine.ts";
import { payment, told } from "./given.ts";

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

type Reply = Response | "lost" | "silent";

/** A gateway that answers in this order, and what it was sent. Pauses end at once. */
function answering(...replies: Reply[]): { gateway: Gateway; sent: Sent[] } {
  const sent: Sent[] = [];
  const isSilent = replies.includes("silent");
  const keys = ["key_1", "key_2"];
  const around: Surroundings = {
    fetch: (url, init = {}) => {
      sent.push({ url: String(url), init });
      const reply = replies.shift();
      if (reply === "silent") {
        return new Promise((_, reject) =>
          init.signal?.addEventListener("abort", () => reject(new Error("aborted"))),
        );
      }
      return reply instanceof Response ? Promise.resolve(reply) : Promise.reject(new TypeError("no network"));
    },
    // A request's own limits run out only where one stays silent.
    wait: () => (isSilent ? Promise.resolve() : new Promise(() => undefined)),
    pause: () => Promise.resolve(),
    newKey: () => keys.shift() ?? "",
    // A silent one is waited for as long as a request may take.
    now: () => sent.length * (isSilent ? LIMITS.post : 0),
  };
  return { gateway: new Gateway("http://gateway.test/", "order_1", "key_test", around), sent };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const CARD: Card = { number: "4242424242424242", expiry_month: 12, expiry_year: 2030, cvv: "123" };
const error = (code: string, field?: string): unknown => ({ error: { code, description: "No", field } });
const keyOf = ({ init }: Sent): string => new Headers(init.headers).get("Idempotency-Key") ?? "";

it("an attempt is sent with the order, the shop's key and a key of its own", async () => {
  const { gateway, sent } = answering(json(201, payment()));
  const outcome = await gateway.attempt({ method: "card", card: CARD }).send(() => undefined);
  expect(outcome).toEqual({ kind: "created", payment: payment() });
  expect(sent[0]?.url).toBe("http://gateway.test/api/v1/payments/public");
  expect(JSON.parse(String(sent[0]?.init.body))).toEqual({ order_id: "order_1", method: "card", card: CARD });
  expect(new Headers(sent[0]?.init.headers).get("X-Api-Key")).toBe("key_test");
  expect(sent[0]?.init.credentials).toBe("omit");
});

it("while the outcome is unknown the same key asks again", async () => {
  const { gateway, sent } = answering(
    "lost",
    json(503, error("OUTCOME_UNKNOWN"), { "Retry-After": "2" }),
    json(429, error("RATE_LIMIT_ERROR")),
    json(409, error("CONFLICT")),
    json(201, payment()),
  );
  const troubles: (Trouble | null)[] = [];
  const outcome = await gateway
    .attempt({ method: "upi", vpa: "a@b" })
    .send((trouble) => troubles.push(trouble));
  expect(outcome.kind).toBe("created");
  expect(sent.map(keyOf)).toEqual(["key_1", "key_1", "key_1", "key_1", "key_1"]);
  expect(troubles).toEqual(["unreachable", "unreachable", "unreachable", "unreachable"]);
});

it("after enough tries it stalls, and goes on with the same key when it is asked to", async () => {
  const lost = Array<Reply>(LIMITS.retries.length + 1).fill("lost");
  const { gateway, sent } = answering(...lost, json(201, payment()));
  const attempt = gateway.attempt({ method: "upi", vpa: "a@b" });
  expect(await attempt.send(() => undefined)).toEqual({ kind: "stalled" });
  expect((await attempt.send(() => undefined)).kind).toBe("created");
  expect(new Set(sent.map(keyOf))).toEqual(new Set(["key_1"]));
});

it("where requests vanish it stalls after the third, and goes on with the same key", async () => {
  const { gateway, sent } = answering("silent", "silent", "silent", json(201, payment()));
  const attempt = gateway.attempt({ method: "upi", vpa: "a@b" });
  expect(await attempt.send(() => undefined)).toEqual({ kind: "stalled" });
  expect(sent.length).toBe(3);
  expect((await attempt.send(() => undefined)).kind).toBe("created");
  expect(new Set(sent.map(keyOf))).toEqual(new Set(["key_1"]));
});

it("a refusal is final, and the next attempt has another key", async () => {
  const { gateway, sent } = answering(json(400, error("INVALID_CARD", "card.number")), json(201, payment()));
  const refused = await gateway.attempt({ method: "card", card: CARD }).send(() => undefined);
  expect(refused).toMatchObject({ kind: "refused", problem: { status: 400, field: "card.number" } });
  await gateway.attempt({ method: "card", card: CARD }).send(() => undefined);
  expect(sent.map(keyOf)).toEqual(["key_1", "key_2"]);
});

it("an answer that is no payment leaves the outcome unknown", async () => {
  const { gateway } = answering(
    json(201, { hello: 1 }),
    new Response("<html>", { status: 502 }),
    json(201, payment()),
  );
  expect((await gateway.attempt({ method: "upi", vpa: "a@b" }).send(() => undefined)).kind).toBe("created");
});

it("a request that stays silent is given up, and the buyer is told that it is slow", async () => {
  const { gateway, sent } = answering("silent", json(201, payment()));
  const troubles: (Trouble | null)[] = [];
  await gateway.attempt({ method: "upi", vpa: "a@b" }).send((trouble) => troubles.push(trouble));
  expect(sent).toHaveLength(2);
  expect(troubles).toContain("slow");
});

it("news are the order with its payments, a refusal, or nothing", async () => {
  const all = told({ status: "success" });
  const { gateway, sent } = answering(json(200, all), json(404, error("NOT_FOUND_ERROR")), "lost");
  expect(await gateway.news()).toEqual({ kind: "told", told: all });
  expect(await gateway.news()).toMatchObject({
    kind: "problem",
    problem: { status: 404, code: "NOT_FOUND_ERROR" },
  });
  expect(await gateway.news()).toEqual({ kind: "problem", problem: null });
  expect(sent[0]?.url).toBe("http://gateway.test/api/v1/orders/order_1/public/payments");
});

it("no card is in an address or a header", async () => {
  const { gateway, sent } = answering(json(201, payment()));
  await gateway.attempt({ method: "card", card: CARD }).send(() => undefined);
  const [first] = sent;
  expect(first?.url + JSON.stringify(first?.init.headers)).not.toContain("4242");
  expect(gateway.streamUrl).toBe("http://gateway.test/api/v1/orders/order_1/public/stream?key=key_test");
});

it("a bank is told of its buyer's going, also by a page that is closing, and nobody waits for it", async () => {
  const { gateway, sent } = answering("lost");
  gateway.giveUp("http://bank.test/challenge/ch_1");
  await Promise.resolve();
  expect(sent.map(({ url }) => url)).toEqual(["http://bank.test/challenge/ch_1/fail"]);
  expect(sent[0]?.init).toMatchObject({
    method: "POST",
    mode: "no-cors",
    keepalive: true,
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
});
