/** One Idempotency-Key for one intention: who presses the button again after a lost answer does not act twice. */

import { useRef } from "react";
import { newIntent } from "./api/client.ts";
import { isWorthARetry } from "./api/problem.ts";

/** What a user is about to do; `key` belongs to this body alone. */
export interface Intent {
  readonly body: string;
  readonly key: string;
}

/** The intention to send `body`: the one that is held, unless that was for something else. */
export function intentFor(held: Intent | null, body: unknown, make: () => string = newIntent): Intent {
  const text = JSON.stringify(body) ?? "";
  return held?.body === text ? held : { body: text, key: make() };
}

/** Whether an intention lives on after an error: only where nobody knows what became of it. A refusal ends it. */
export function outlives(error: unknown): boolean {
  return isWorthARetry(error);
}

/** The intentions of a form. */
export function useIntent() {
  const held = useRef<Intent | null>(null);
  return {
    /** The key to send with this body. */
    keyFor: (body: unknown): string => {
      held.current = intentFor(held.current, body);
      return held.current.key;
    },
    /** The answer came, or an error instead of it. */
    settle: (error?: unknown): void => {
      if (error === undefined || !outlives(error)) {
        held.current = null;
      }
    },
  };
}
