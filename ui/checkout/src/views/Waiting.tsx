/** While something is under way: what is, and when it takes long, what the buyer can do. */

import type { ReactNode } from "react";
import type { Key } from "../i18n.ts";
import type { Screen } from "../machine.ts";
import { useLanguage } from "./language.ts";

type Busy = Extract<Screen, { kind: "sending" | "waiting" }>;

interface Given {
  readonly screen: Busy;
  readonly amount: string;
  readonly merchant: string;
  readonly onResume: () => void;
  readonly onLeave: () => void;
}

/** The payment is being sent, or the bank decides. */
export function Waiting({ screen, amount, merchant, onResume, onLeave }: Given): ReactNode {
  const { say } = useLanguage();
  const [title, sentence] = wordsOf(screen);
  const isStalled = screen.kind === "sending" && screen.trouble === "stalled";
  return (
    <section className="state" data-test-id="processing-state">
      <Spinner isStill={isStalled} />
      <h2 tabIndex={-1} data-focus>
        {say(title)}
      </h2>
      <p className="sum">{amount}</p>
      <p className="lead" data-test-id="processing-message">
        {say(sentence, { merchant })}
      </p>
      <div className="actions">
        {isStalled && (
          <button className="primary" type="button" data-test-id="resume-button" onClick={onResume}>
            {say("try_again")}
          </button>
        )}
        {screen.kind === "waiting" && screen.long && (
          <button className="secondary" type="button" data-test-id="other-way-button" onClick={onLeave}>
            {say("other_way")}
          </button>
        )}
      </div>
    </section>
  );
}

/** Headline and sentence. */
export function wordsOf(screen: Busy): readonly [Key, Key] {
  if (screen.kind === "waiting") {
    const waiting = screen.payment.method === "upi" ? "waiting_upi" : "waiting_card";
    return ["waiting_title", screen.long ? "long" : waiting];
  }
  return screen.trouble === "stalled"
    ? ["stalled_title", "stalled"]
    : ["sending_title", screen.trouble ?? "sending"];
}

/** The order is being looked up: the place of what will come, without a jump. */
export function Loading(): ReactNode {
  const { say } = useLanguage();
  return (
    <section className="state" data-test-id="loading-state">
      <Spinner isStill={false} />
      <p className="lead">{say("loading")}</p>
    </section>
  );
}

function Spinner({ isStill }: { readonly isStill: boolean }): ReactNode {
  return (
    <svg className="spinner" viewBox="0 0 56 56" fill="none" strokeWidth="3" aria-hidden="true">
      <circle className="track" cx="28" cy="28" r="26" />
      {!isStill && (
        <circle className="run" cx="28" cy="28" r="26" strokeDasharray="42 122" strokeLinecap="round" />
      )}
      <path
        className="lock"
        d="M22.5 26v-3.5a5.5 5.5 0 0 1 11 0V26M20 26h16v11H20z"
        strokeWidth="2"
        strokeLinejoin="round"
      />
    </svg>
  );
}
