/** Which time a list is about: a period that moves with the clock, or days of the reader's calendar. */

import { endOfDay, startOfDay } from "../dates.ts";

/** Periods that end now, by their name in the address. */
export const PERIODS = {
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
} as const;
export type Period = keyof typeof PERIODS;
export const PERIOD_NAMES = Object.keys(PERIODS) as Period[];

const HOUR_MS = 3_600_000;
const UNITS_MS = { h: HOUR_MS, d: 24 * HOUR_MS } as const;

/** How long a period is, in ms. */
export function lengthMs(period: Period): number {
  return Number.parseInt(period, 10) * UNITS_MS[period.endsWith("h") ? "h" : "d"];
}

/** A time as the address says it. `from` and `to` are days, both included; a period outranks them. */
export interface Span {
  readonly period?: Period;
  readonly from?: string;
  readonly to?: string;
}

/** A time as the api takes it: instants, the second one not included. */
export interface Range {
  readonly created_from?: string;
  readonly created_to?: string;
}

/** When that is, on a clock that says `now`, in the reader's own time zone. */
export function rangeOf({ period, from, to }: Span, now: Date): Range {
  if (period !== undefined) {
    return { created_from: new Date(now.getTime() - lengthMs(period)).toISOString() };
  }
  const created_from = startOfDay(from);
  const created_to = endOfDay(to);
  return { ...(created_from && { created_from }), ...(created_to && { created_to }) };
}

/** The clock that lists ask by: to the minute, since a question that changes each second is asked each second. */
export function minuteOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / 60_000) * 60_000);
}
