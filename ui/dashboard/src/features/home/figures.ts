/** The figures of the home page, from `GET /api/v1/stats`. Amounts in minor units; shares in hundredths of a percent. */

import { percent } from "../../format.ts";
import { lengthMs } from "../../lists/period.ts";

/** The periods that the home page offers. */
export const HOME_PERIODS = ["24h", "7d", "30d", "90d"] as const;
export type HomePeriod = (typeof HOME_PERIODS)[number];
export type Interval = "hour" | "day";

/** What happened in some time. Webhooks' figures are not there while the notifier is away. */
export interface Sums {
  readonly payments: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly amount_succeeded: number;
  readonly refunds: number;
  readonly amount_refunded: number;
  readonly webhooks_ok?: number | null;
  readonly webhooks_failed?: number | null;
}

/** What happened in the hour or the day that begins then. */
export interface Bucket extends Sums {
  readonly at: string;
}

interface Question {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
}

/** What to ask for a period that ends now, and for the one before it: whole hours or days, the last of which still runs. */
export function asked(period: HomePeriod, now: Date): Question {
  const interval = period === "24h" ? "hour" : "day";
  const unitMs = interval === "hour" ? 3_600_000 : 86_400_000;
  const end = (Math.floor(now.getTime() / unitMs) + 1) * unitMs;
  const instant = (ms: number) => new Date(ms).toISOString();
  return { from: instant(end - 2 * lengthMs(period)), to: instant(end), interval };
}

/** The period, and the one before it. */
export function split<B extends Bucket>(buckets: readonly B[]): { readonly before: B[]; readonly now: B[] } {
  const half = Math.floor(buckets.length / 2);
  return { before: buckets.slice(0, half), now: buckets.slice(half) };
}

/** All of it together. */
export function sumOf(buckets: readonly Sums[]): Sums {
  const sum = (of: (sums: Sums) => number | null | undefined) =>
    buckets.reduce((total, bucket) => total + (of(bucket) ?? 0), 0);
  return {
    payments: sum(({ payments }) => payments),
    succeeded: sum(({ succeeded }) => succeeded),
    failed: sum(({ failed }) => failed),
    amount_succeeded: sum(({ amount_succeeded }) => amount_succeeded),
    refunds: sum(({ refunds }) => refunds),
    amount_refunded: sum(({ amount_refunded }) => amount_refunded),
    webhooks_ok: sum(({ webhooks_ok }) => webhooks_ok),
    webhooks_failed: sum(({ webhooks_failed }) => webhooks_failed),
  };
}

/** The share of `part`; null of nothing. */
export function shareBp(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 10_000) / whole);
}

/** Of the payments that ended, how many succeeded. */
export function successBp({ succeeded, failed }: Sums): number | null {
  return shareBp(succeeded, succeeded + failed);
}

/** Of the attempts to deliver a webhook, how many were taken; null where nothing was sent, or nobody knows. */
export function deliveredBp({ webhooks_ok: ok, webhooks_failed: failed }: Sums): number | null {
  return shareBp(ok ?? 0, (ok ?? 0) + (failed ?? 0));
}

/** How a figure moved against the period before, signed; null where there is nothing to compare with. */
export function changed(now: number, before: number, locale: string): string | null {
  const bp = before === 0 ? null : Math.round(((now - before) * 10_000) / before);
  if (bp === null) {
    return null;
  }
  const sign = bp > 0 ? "+" : "";
  return `${sign}${percent(bp / 10_000, locale)}`;
}

/** What an hour or a day is called. Days are UTC's, as the gateway counts them; hours are the reader's. */
export function slotName(at: string, interval: Interval, locale: string): string {
  const form =
    interval === "hour"
      ? ({ hour: "2-digit", minute: "2-digit" } as const)
      : ({ day: "numeric", month: "short", timeZone: "UTC" } as const);
  return new Intl.DateTimeFormat(locale, { ...form, numberingSystem: "latn" }).format(new Date(at));
}
