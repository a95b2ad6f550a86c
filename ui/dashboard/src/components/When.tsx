/** An instant, in the reader's language and time zone; the exact one in UTC is told when one points at it. */

import { useSyncExternalStore } from "react";
import { ago, time } from "../format.ts";
import { useLocale } from "../locale.tsx";

interface Props {
  /** ISO 8601, or nothing. */
  readonly at: string | null | undefined;
  /** How long ago, in place of the date; it goes on by itself. */
  readonly relative?: boolean;
  readonly form?: "short" | "date" | "second" | "long";
  readonly testId?: string;
}

export function When({ at, relative = false, form = "short", testId }: Props) {
  const locale = useLocale();
  const now = useNow();
  if (!at) {
    return <span data-test-id={testId}>–</span>;
  }
  const utc = new Date(at).toISOString();
  const since = ago(at, now, locale);
  return (
    <time dateTime={at} title={relative ? utc : `${utc} (${since})`} data-test-id={testId}>
      {relative ? since : time(at, locale, form)}
    </time>
  );
}

const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all that is on the page. */
function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = new Date();
    timer = setInterval(() => {
      now = new Date();
      for (const one of listeners) {
        one();
      }
    }, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
    }
  };
}

/** The present, ten seconds exact. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
