/** How often deliveries are looked at while something is still to come. Pure. */

import type { Schema } from "../../api/client.ts";

type Delivery = Pick<Schema<"Delivery">, "status" | "next_attempt_at">;

const SOONEST_MS = 1000;
const LATEST_MS = 20_000;
/** An attempt is in the log a moment after it was due. */
const AFTER_MS = 400;

/** Until the next look, in ms; false when none of them changes by itself. */
export function pace(deliveries: readonly Delivery[] | undefined, now: Date): number | false {
  const due = (deliveries ?? [])
    .filter(({ status }) => status === "pending")
    .map(({ next_attempt_at: at }) => (at === null ? 0 : new Date(at).getTime() - now.getTime() + AFTER_MS));
  return due.length === 0 ? false : Math.min(LATEST_MS, Math.max(SOONEST_MS, Math.min(...due)));
}
