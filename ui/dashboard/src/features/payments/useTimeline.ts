/** A payment's timeline, from the api. */

import type { UseQueryResult } from "@tanstack/react-query";
import { hooks } from "../../api/client.ts";
import type { Entry } from "./timeline.ts";

interface Told {
  readonly data: readonly Entry[];
  /** Services that did not answer. */
  readonly missing: readonly string[];
}

/** How often it is read again: attempts to deliver a webhook are no events of the stream. */
const EVERY_MS = 4000;

export function useTimeline(id: string): UseQueryResult<Told, unknown> {
  // The reference does not have this route yet.
  const ask = hooks.useQuery as unknown as (
    method: "get",
    path: string,
    init: object,
    options: object,
  ) => UseQueryResult<Told, unknown>;
  return ask(
    "get",
    "/api/v1/payments/{id}/timeline",
    { params: { path: { id } } },
    { refetchInterval: EVERY_MS },
  );
}
