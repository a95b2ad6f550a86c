/** The question before the page is left. */

import { type ReactNode, useEffect, useRef } from "react";
import { useLanguage } from "./language.ts";

interface Given {
  readonly isChallenge: boolean;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** A modal dialog of the page's own: the focus stays in it, and its `close()` gives it back (its removal does not). */
export function Leave({ isChallenge, onStay, onLeave }: Given): ReactNode {
  const { say } = useLanguage();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className="leave"
      aria-labelledby="leave-title"
      aria-describedby="leave-text"
      data-test-id="leave-dialog"
      onClose={onStay}
    >
      <h2 id="leave-title">{say("leave_title")}</h2>
      <p id="leave-text">{say(isChallenge ? "leave_challenge" : "leave")}</p>
      <div className="actions">
        <button
          className="primary"
          type="button"
          data-test-id="stay-button"
          onClick={() => dialog.current?.close()}
        >
          {say("stay")}
        </button>
        <button className="quiet" type="button" data-test-id="confirm-leave-button" onClick={onLeave}>
          {say("leave_now")}
        </button>
      </div>
    </dialog>
  );
}
