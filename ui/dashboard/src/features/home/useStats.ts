/** The figures of a period, from the api. */

import { keepPreviousData, type UseQueryResult } from "@tanstack/react-query";
import { hooks } from "../../api/client.ts";
import type { Bucket, Interval } from "./figures.ts";

/** What the api answers. */
export interface Stats {
  readonly interval: Interval;
  readonly currency: string;
  /** All that the merchant has payments in. */
  readonly currencies: readonly string[];
  readonly buckets: readonly Bucket[];
  /** Services that did not answer. */
  readonly missing?: readonly string[];
}

interface Question {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
  readonly currency?: string;
}

/** The figures; those of the question before until they come. */
export function useStats(query: Question): UseQueryResult<Stats, unknown> {
  // The reference does not have this route yet.
  const ask = hooks.useQuery as unknown as (
    method: "get",
    path: string,
    init: object,
    options: object,
  ) => UseQueryResult<Stats, unknown>;
  return ask("get", "/api/v1/stats", { params: { query } }, { placeholderData: keepPreviousData });
}
