/** Sending many again: what a preview says, and how far one is. Pure. */

import type { Schema } from "../../api/client.ts";
import { count } from "../../format.ts";

type Answer = Pick<Schema<"RetryManyAnswer">, "scheduled" | "remaining" | "remaining_capped">;
type Filter = Schema<"RetryFilter">;

/** How many begin with one request. */
export const STEP = 500;

/** How many deliveries the filter means; `more` where not all were counted. */
export interface Preview {
  readonly total: number;
  readonly more: boolean;
}

export function previewOf({ scheduled, remaining, remaining_capped }: Answer): Preview {
  return { total: scheduled + remaining, more: remaining_capped };
}

function some(total: number, locale: string): string {
  return `${count(total, locale)} ${total === 1 ? "delivery" : "deliveries"}`;
}

/** What will be done, before it is. */
export function previewText({ total, more }: Preview, locale: string): string {
  if (total === 0 && !more) {
    return "No delivery fits this filter that could be sent now. Those of endpoints that are disabled, deleted or without a URL are left out.";
  }
  const all = more ? `More than ${some(total, locale)}` : some(total, locale);
  return `${all} will be sent again, the oldest first, each with all its attempts.`;
}

/** The button's words. */
export function buttonText({ total, more }: Preview, locale: string): string {
  return more ? "Send all again" : `Send ${some(total, locale)} again`;
}

/** What was done so far. */
export function progressText(done: number, { total, more }: Preview, locale: string): string {
  return more ? `${count(done, locale)} begun` : `${count(done, locale)} of ${count(total, locale)} begun`;
}

const REASONS: Record<NonNullable<Filter["failure_reason"]>, string> = {
  exhausted: "all attempts failed",
  gone: "your server said 410, gone",
  endpoint_disabled: "the endpoint was disabled",
  endpoint_deleted: "the endpoint was deleted",
};

/** Why a delivery failed for good. */
export function reasonText(reason: NonNullable<Filter["failure_reason"]>): string {
  return REASONS[reason];
}

/** The filter in words, a line for each condition. */
export function filterText(
  filter: Filter,
  endpointName: (id: string) => string,
  day: (at: string) => string,
): string[] {
  const {
    status,
    event,
    webhook_endpoint_id: endpoint,
    failure_reason: reason,
    payment_id: payment,
  } = filter;
  return [
    status === "success" ? "which were delivered" : "which failed",
    ...(event ? [`of type ${event}`] : []),
    ...(endpoint ? [`to ${endpointName(endpoint)}`] : []),
    ...(reason ? [`because ${reasonText(reason)}`] : []),
    ...(payment ? [`about ${payment}`] : []),
    ...(typeof filter.created_from === "string" ? [`made since ${day(filter.created_from)}`] : []),
    ...(typeof filter.created_to === "string" ? [`made before ${day(filter.created_to)}`] : []),
  ];
}
