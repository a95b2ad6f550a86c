/** Who is paid, how much and for what. */

import type { ReactNode } from "react";
import type { Bootstrap } from "../bootstrap.ts";
import { useLanguage } from "./language.ts";
import { Icon } from "./marks.tsx";

interface Given {
  readonly bootstrap: Bootstrap;
  readonly amount: string;
  readonly merchant: string;
  /** Where the buyer goes without paying; null where there is no such place, or not now. */
  readonly cancelHref: string | null;
}

/** The head of the page. All of it is the shop's text: shown as text. */
export function Summary({ bootstrap, amount, merchant, cancelHref }: Given): ReactNode {
  const { say, time } = useLanguage();
  const { order, test_mode } = bootstrap;
  const now = new Date(bootstrap.now);
  return (
    <header className="summary" data-test-id="order-summary">
      {cancelHref !== null && (
        <a className="cancel" href={cancelHref} data-test-id="cancel-link">
          <Icon name="back" />
          <span>{say("cancel", { merchant })}</span>
        </a>
      )}
      <div className="merchant">
        <span className="monogram" aria-hidden="true">
          {Array.from(merchant)[0]?.toUpperCase()}
        </span>
        <h1>
          <bdi>{merchant}</bdi>
        </h1>
        {test_mode && (
          <span className="badge" title={say("test_note")}>
            {say("test_mode")}
          </span>
        )}
      </div>
      {order !== null && (
        <>
          <p className="due">
            <span>{say("amount_to_pay")}</span>
            <strong data-test-id="order-amount">{amount}</strong>
          </p>
          {order.description !== null && <p className="what">{order.description}</p>}
          <dl className="facts">
            <div>
              <dt>{say("order")}</dt>
              <dd>
                <bdi dir="ltr" data-test-id="order-id">
                  {order.id}
                </bdi>
              </dd>
            </div>
            {order.receipt !== null && (
              <div>
                <dt>{say("receipt")}</dt>
                <dd>
                  <bdi>{order.receipt}</bdi>
                </dd>
              </div>
            )}
          </dl>
          {order.expires_at !== null && order.status !== "paid" && (
            <p className="fine">
              <Icon name="clock" />
              <span>{say("pay_by", { time: time(new Date(order.expires_at), now) })}</span>
            </p>
          )}
        </>
      )}
    </header>
  );
}
