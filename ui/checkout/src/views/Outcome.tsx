/** How it ended: success, failure, and what can't be paid. */

import type { ReactNode } from "react";
import { isTriedOut, type Payment, type Problem } from "../gateway.ts";
import type { Key } from "../i18n.ts";
import type { Failure } from "../machine.ts";
import { useLanguage } from "./language.ts";
import { Icon } from "./marks.tsx";

/** A way out of the page: an address (hosted), or a call (embedded); none where there is nowhere to go. */
export interface Exit {
  readonly href: string | null;
  readonly leave: (() => void) | null;
}

interface SuccessGiven {
  readonly payment: Payment | null;
  readonly earlier: boolean;
  readonly amount: string;
  readonly merchant: string;
  readonly exit: Exit;
}

/** Paid. `payment` is null when only the order is known. */
export function Success({ payment, earlier, amount, merchant, exit }: SuccessGiven): ReactNode {
  const { say } = useLanguage();
  return (
    <section className="state" data-test-id="success-state">
      <Seal kind="good" />
      <h2 tabIndex={-1} data-focus>
        {say(earlier ? "earlier_title" : "success_title")}
      </h2>
      <p className="sum">{amount}</p>
      <p className="lead" data-test-id="success-message">
        {earlier ? say("earlier") : say("success", { merchant })}
      </p>
      {payment !== null && (
        <dl className="facts">
          <div>
            <dt>{say("payment")}</dt>
            <dd>
              <bdi dir="ltr" data-test-id="payment-id">
                {payment.id}
              </bdi>
            </dd>
          </div>
        </dl>
      )}
      <div className="actions">
        {exit.href !== null ? (
          <>
            <a className="primary" href={exit.href} data-test-id="return-link">
              {say("back_to_shop", { merchant })}
            </a>
            <p className="fine">{say("returning", { merchant })}</p>
          </>
        ) : exit.leave !== null ? (
          <button className="primary" type="button" data-test-id="done-button" onClick={exit.leave}>
            {say("done")}
          </button>
        ) : (
          <p className="fine">{say("close_window")}</p>
        )}
      </div>
    </section>
  );
}

interface FailedGiven {
  readonly failure: Failure;
  readonly exit: Exit;
  readonly onRetry: () => void;
}

/** An attempt that failed: why, in the buyer's words, and another try at the same order. */
export function Failed({ failure, exit, onRetry }: FailedGiven): ReactNode {
  const { say } = useLanguage();
  const isLeft = failure.code === "waiting_left";
  return (
    <section className="state" data-test-id="error-state">
      <Seal kind={titleOf(failure) === "failure_title" ? "bad" : "open"} />
      <h2 tabIndex={-1} data-focus>
        {say(titleOf(failure))}
      </h2>
      <p className="lead" data-test-id="error-message">
        {say(reasonOf(failure))}
      </p>
      {!(failure.code in TITLES) && <p className="calm">{say("not_charged")}</p>}
      <div className="actions">
        <button className="primary" type="button" data-test-id="retry-button" onClick={onRetry}>
          {say(isLeft ? "other_way" : "retry")}
        </button>
        <Close exit={exit} />
      </div>
    </section>
  );
}

/** Of payments that the buyer left: nobody knows yet what becomes of them. */
const TITLES: Readonly<Record<string, Key>> = {
  waiting_left: "left_title",
  authentication_left: "unfinished_title",
};

/** What is said of an attempt that the gateway refused. */
export function refusedAs({ reason }: Problem): Key {
  return isTriedOut(reason) ? "tried_out" : "refused";
}

/** The headline of a failure. */
export function titleOf({ code }: Failure): Key {
  return TITLES[code] ?? "failure_title";
}

const REASONS: Readonly<Record<string, Key>> = {
  // Who found or stole a card is not told that it was reported: the bank tells its owner.
  generic_decline: "f_declined",
  lost_card: "f_declined",
  stolen_card: "f_declined",
  fraudulent: "f_declined",
  insufficient_funds: "f_insufficient_funds",
  expired_card: "f_expired_card",
  incorrect_cvc: "f_incorrect_cvc",
  processing_error: "f_processing_error",
  upi_declined: "f_upi_declined",
  authentication_failed: "f_authentication_failed",
  authentication_timeout: "f_authentication_timeout",
  authentication_left: "f_authentication_left",
  waiting_left: "f_waiting_left",
  PAYMENT_TIMEOUT: "f_timeout",
};

/** The reason's words: by the bank's code, else by the gateway's. */
export function reasonOf({ code, declineCode }: Failure): Key {
  return REASONS[declineCode ?? ""] ?? REASONS[code] ?? "f_other";
}

interface EndedGiven {
  readonly title: Key;
  readonly sentence: Key;
  readonly merchant: string;
  readonly testId: string;
  readonly icon: "open" | "bad";
  readonly exit: Exit;
}

/** Nothing can be paid here: the order expired, or the page was set up wrongly. */
export function Ended({ title, sentence, merchant, testId, icon, exit }: EndedGiven): ReactNode {
  const { say } = useLanguage();
  return (
    <section className="state" data-test-id={testId}>
      <Seal kind={icon} />
      <h2 tabIndex={-1} data-focus>
        {say(title)}
      </h2>
      <p className="lead" data-test-id="error-message">
        {say(sentence, { merchant })}
      </p>
      <div className="actions">
        <Close exit={exit} />
      </div>
    </section>
  );
}

/** Leave an embedded page; a hosted one has its link above. */
function Close({ exit }: { readonly exit: Exit }): ReactNode {
  const { say } = useLanguage();
  return exit.leave === null ? null : (
    <button className="quiet" type="button" data-test-id="leave-button" onClick={exit.leave}>
      {say("close")}
    </button>
  );
}

/** What a configuration error means for the buyer. */
export function errorOf(code: string): Key {
  if (code === "NOT_FOUND_ERROR") {
    return "e_order";
  }
  return code === "AUTHENTICATION_ERROR" ? "e_key" : "e_other";
}

function Seal({ kind }: { readonly kind: "good" | "bad" | "open" }): ReactNode {
  return (
    <span className="seal" data-kind={kind}>
      <Icon name={kind === "good" ? "check" : kind === "bad" ? "cross" : "clock"} />
    </span>
  );
}
