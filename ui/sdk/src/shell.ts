/** What stands around the frame: a dialog with a button to close, or a block in the shop's page. */

import type { Theme } from "@paygate/messages";
import { type Words, wordsFor } from "./words.ts";

/** The frame is seen when `ready`, and when `locked`: then it is said why it can't be closed. */
export type ShellState = "loading" | "failed" | "ready" | "locked";

export interface Shell {
  show(state: ShellState): void;
  look(theme: Theme, locale: string | undefined): void;
  /** The height of what is in the frame, in CSS pixels. */
  resize(height: number): void;
  /** Show the dialog, also when the browser has closed it. */
  open(): void;
  remove(): void;
}

/** What the buyer does outside of the frame. */
export interface ShellEvents {
  /** Wants to close: by the button, Esc or the backdrop. */
  close(): void;
  retry(): void;
  /** The browser closed the dialog without asking. */
  closed(): void;
}

const ID = "payment-gateway-modal";

/** Around `frame`, not yet in the page: for a place in it, or a dialog when there is no such place. */
export function makeShell(frame: HTMLIFrameElement, container: Element | null, events: ShellEvents): Shell {
  const dialog = container ? null : document.createElement("dialog");
  const root = dialog ?? document.createElement("div");
  // What this element says is read out as it changes.
  const status = document.createElement("output");
  const retry = makeButton(events.retry);
  const close = makeButton(events.close);
  let words: Words;
  let state: ShellState = "loading";
  root.className = "paygate";
  root.dataset.testId = "payment-inline";
  root.append(status, frame, retry);
  if (dialog) {
    close.dataset.testId = "close-modal-button";
    close.textContent = "✕";
    dialog.prepend(close);
    setUpDialog(dialog, events);
  }
  const shell: Shell = {
    show: (next) => {
      state = next;
      root.dataset.state = state;
      status.textContent = words[state];
    },
    look: (theme, locale) => {
      words = wordsFor(locale);
      root.dataset.theme = theme;
      root.lang = words.language;
      root.dir = words.direction;
      root.setAttribute("aria-label", words.title);
      frame.title = words.title;
      close.title = words.close;
      close.setAttribute("aria-label", words.close);
      retry.textContent = words.retry;
      shell.show(state);
    },
    resize: (height) => root.style.setProperty("--h", `${height}px`),
    open: () => {
      if (!root.isConnected) {
        (container ?? document.body).append(root);
      }
      dialog?.showModal();
    },
    remove: () => {
      dialog?.close(); // gives the focus back to what had it
      root.remove();
    },
  };
  return shell;
}

function setUpDialog(dialog: HTMLDialogElement, events: ShellEvents): void {
  // One at a time bears the id that programs know.
  dialog.id = document.getElementById(ID) ? "" : ID;
  dialog.dataset.testId = "payment-modal";
  dialog.oncancel = (event) => {
    event.preventDefault();
    events.close();
  };
  dialog.onclose = events.closed;
  // The backdrop is the dialog itself; a press that began inside of it is no wish to close.
  let pressed: EventTarget | null;
  dialog.onpointerdown = ({ target }) => {
    pressed = target;
  };
  dialog.onclick = ({ target }) => {
    if (target === dialog && pressed === dialog) {
      events.close();
    }
  };
}

function makeButton(onClick: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.onclick = onClick;
  return button;
}
