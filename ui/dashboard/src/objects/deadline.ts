/** Authorisations whose time runs out. */

/** How soon before its end an authorisation is pointed at, in ms: two days. */
export const NEAR_MS = 48 * 3_600_000;

interface Authorised {
  readonly status: string;
  readonly captured: boolean;
  readonly capture_before: string | null;
}

/** Whether the payment can still be captured, and not for long. */
export function isNear({ status, captured, capture_before }: Authorised, now: Date): boolean {
  const leftMs = capture_before === null ? 0 : Date.parse(capture_before) - now.getTime();
  return status === "success" && !captured && leftMs > 0 && leftMs < NEAR_MS;
}
