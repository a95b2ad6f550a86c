/** A payment's timeline, from all that the api tells of it. */

import { useQuery } from "@tanstack/react-query";
import { api, type Schema } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { isUnderWay, merged, type Parts } from "./merged.ts";
import type { Entry } from "./timeline.ts";

/** What there is, and what could not be read. */
export interface Told {
  readonly data: readonly Entry[];
  readonly missing: readonly string[];
  readonly isUnderWay: boolean;
}

/** How often it is read again while a webhook may be under way: its attempts are no events of the stream. */
const EVERY_MS = 5000;
/** The newest of each; a payment has some ten. */
const MOST = 100;
/** Deliveries are read one by one for their attempts, requests for how they were answered. */
const MOST_READ = 20;

type Can = (scope: string) => boolean;

export function useTimeline(id: string) {
  const { can } = useSession();
  return useQuery({
    // As `hooks` would have it, so that the stream brings it up to date.
    queryKey: [
      "get",
      "/api/v1/payments/{id}",
      { params: { path: { id }, query: { expand: "timeline" } } },
      "all",
    ],
    queryFn: ({ signal }) => readTimeline(id, can, signal),
    refetchInterval: ({ state }) => (state.data?.isUnderWay ? EVERY_MS : false),
  });
}

async function readTimeline(id: string, can: Can, signal: AbortSignal): Promise<Told> {
  const missing: string[] = [];
  const part = async <T>(
    name: string,
    scope: string,
    read: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> => {
    if (!can(scope)) {
      return [];
    }
    try {
      return await read();
    } catch (error) {
      if (signal.aborted) {
        throw error;
      }
      missing.push(name);
      return [];
    }
  };
  const query = { payment_id: id, limit: MOST };
  const [changes, decisions, events, postings, deliveries] = await Promise.all([
    // Without it there is no timeline: what goes wrong here is the page's to tell.
    readChanges(id, signal),
    part("what the bank decided", "payments:read", async () => {
      const path = { id };
      const { data } = await api.GET("/api/v1/payments/{id}/acquirer_calls", { params: { path }, signal });
      return data?.data ?? [];
    }),
    part("the log of events", "events:read", async () => {
      const { data } = await api.GET("/api/v1/events", { params: { query }, signal });
      return data?.data ?? [];
    }),
    part("the ledger", "balance:read", async () => {
      const { data } = await api.GET("/api/v1/ledger_entries", { params: { query }, signal });
      return data?.data ?? [];
    }),
    part("the log of webhooks", "webhooks:read", () => readDeliveries(id, signal)),
  ]);
  const requests = await part("the log of requests", "requests:read", () => readRequests(changes, signal));
  const parts: Parts = { changes, requests, decisions, events, postings, deliveries };
  return { data: merged(parts), missing, isUnderWay: isUnderWay(parts, new Date()) };
}

async function readChanges(id: string, signal: AbortSignal) {
  const { data } = await api.GET("/api/v1/payments/{id}", {
    params: { path: { id }, query: { expand: "timeline" } },
    signal,
  });
  return data?.timeline ?? [];
}

async function readDeliveries(id: string, signal: AbortSignal): Promise<Schema<"DeliveryDetail">[]> {
  const query = { payment_id: id, limit: MOST_READ };
  const { data } = await api.GET("/api/v1/webhooks", { params: { query }, signal });
  const details = (data?.data ?? []).map(async (delivery) => {
    const path = { id: delivery.id };
    const { data } = await api.GET("/api/v1/webhooks/{id}", { params: { path }, signal });
    return data === undefined ? [] : [data];
  });
  return (await Promise.all(details)).flat();
}

async function readRequests(
  changes: Parts["changes"],
  signal: AbortSignal,
): Promise<Schema<"RequestLine">[]> {
  const ids = new Set(changes.flatMap(({ request_id }) => request_id ?? []));
  const found = [...ids].slice(-MOST_READ).map(async (request_id) => {
    const { data } = await api.GET("/api/v1/request_logs", {
      params: { query: { request_id, limit: 1 } },
      signal,
    });
    return data?.data ?? [];
  });
  return (await Promise.all(found)).flat();
}
