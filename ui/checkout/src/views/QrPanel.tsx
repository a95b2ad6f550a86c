/** Paying from another device, or from the app on this one: nothing is typed here, the page waits for news. */

import type { ReactNode } from "react";
import { useLanguage } from "./language.ts";
import { Icon } from "./marks.tsx";

interface Given {
  readonly amount: string;
  readonly link: string;
  readonly qr: string;
}

/** The code, and the same link for who reads this on the phone that pays. */
export function QrPanel({ amount, link, qr }: Given): ReactNode {
  const { say } = useLanguage();
  return (
    <div className="qr" data-test-id="qr-panel">
      <div className="code">
        <img src={qr} alt={say("qr_alt")} width="180" height="180" data-test-id="qr-code" />
      </div>
      <div className="how">
        <h2>{say("qr_title")}</h2>
        <p>{say("qr_hint", { amount })}</p>
        <p className="pulse">{say("qr_waiting")}</p>
        <a className="secondary" href={link} target="_blank" rel="noopener" data-test-id="upi-link">
          <span>{say("qr_open")}</span>
          <Icon name="out" />
        </a>
      </div>
    </div>
  );
}
