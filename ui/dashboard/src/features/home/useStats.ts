/** The figures of a period, from the api. */

import { keepPreviousData } from "@tanstack/react-query";
import { hooks } from "../../api/client.ts";
import type { Interval } from "./figures.ts";

interface Question {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
  readonly currency?: string;
}

/** The figures; those of the question before until they come. */
export function useStats(query: Question) {
  return hooks.useQuery("get", "/api/v1/stats", { params: { query } }, { placeholderData: keepPreviousData });
}
