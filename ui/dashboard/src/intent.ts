/** One Idempotency-Key for one intention: who presses the button again after a lost answer does not act twice. */

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

/** What was asked for and has no answer yet, by what it is about. It lives longer than the dialog that asked: who closes
 * that, opens it again and asks for the same, asks once. */
const held = new Map<string, Intent>();

/** The intentions about one thing, such as "refund pay_1". */
export function intentAbout(what: string, make: () => string = newIntent) {
  return {
    /** The key to send with this body. */
    keyFor: (body: unknown): string => {
      const intent = intentFor(held.get(what) ?? null, body, make);
      held.set(what, intent);
      return intent.key;
    },
    /** The answer came, or an error instead of it. */
    settle: (error?: unknown): void => {
      if (error === undefined || !outlives(error)) {
        held.delete(what);
      }
    },
  };
}
