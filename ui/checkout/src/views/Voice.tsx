/** What is said to who can't see the page. */

import type { ReactNode } from "react";
import type { Language } from "../i18n.ts";
import type { Screen, State } from "../machine.ts";
import { useLanguage } from "./language.ts";
import { Icon } from "./marks.tsx";
import { errorOf, reasonOf, refusedAs } from "./Outcome.tsx";
import { wordsOf } from "./Waiting.tsx";

/** Calmly what goes on, at once what went wrong; and a notice without network. */
export function Voice({ state, merchant }: { readonly state: State; readonly merchant: string }): ReactNode {
  const { say } = useLanguage();
  const { screen } = state;
  const calm =
    screen.kind === "sending" || screen.kind === "waiting" ? say(wordsOf(screen)[1], { merchant }) : "";
  const good = screen.kind === "success" ? say(screen.earlier ? "earlier" : "success", { merchant }) : "";
  return (
    <>
      <p className="unseen" role="status" data-test-id="live-polite">
        {calm}
        {good}
      </p>
      <p className="unseen" role="alert" data-test-id="live-assertive">
        {alarmOf(screen, say, merchant)}
      </p>
      {!state.online && (
        <p className="offline" role="status" data-test-id="offline-notice">
          <Icon name="cloud" />
          <span>{say("offline")}</span>
        </p>
      )}
    </>
  );
}

function alarmOf(screen: Screen, say: Language["say"], merchant: string): string {
  switch (screen.kind) {
    case "failure":
      return say(reasonOf(screen.failure));
    case "pay":
      return screen.refusal === null ? "" : say(refusedAs(screen.refusal.problem));
    case "expired":
      return say("expired", { merchant });
    case "error":
      return say(errorOf(screen.code));
    default:
      return "";
  }
}
