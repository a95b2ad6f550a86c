/** One time that the checkout is shown, from its opening to its end. */

import type { FromPage, Message } from "@paygate/messages";
import type { PaymentGatewayEvents } from "../checkout";
import { guardBack } from "./back.ts";
import { makeFrame } from "./frame.ts";
import type { Settings } from "./options.ts";
import { note } from "./pending.ts";
import { lockScroll } from "./scroll.ts";
import { makeShell } from "./shell.ts";
import { addStyles } from "./styles.ts";

/** A page that has not even said that it heard us by then is dead, and can't keep the buyer. */
const DEAD_AFTER_MS = 3000;

/** Tells the shop. */
export type Emit = <Event extends keyof PaymentGatewayEvents>(
  event: Event,
  data: PaymentGatewayEvents[Event],
) => void;

export interface Opening {
  /** Close unless a payment is under way; the answer is whether it is closed. */
  close(): boolean;
  /** Remove all of it at once and in silence. */
  end(): void;
  /** Show theme and locale as the settings say now. */
  look(): void;
}

/** Show the checkout. `onEnd` is called when it is gone. Throws when there is no such container. */
export function open(settings: Settings, emit: Emit, onEnd: () => void): Opening {
  const { orderId } = settings;
  const container = find(settings.container);
  let connected = false;
  let processing = false;
  let ended = false;
  let paid = false;
  let loadTimer: ReturnType<typeof setTimeout>;
  let deadTimer: ReturnType<typeof setTimeout> | undefined;

  const frame = makeFrame(addressOf(settings), optionsFor(settings, container), hear);
  const shell = makeShell(frame.element, container, { close: request, retry, closed: shutOrStay });
  addStyles(settings.nonce);
  look();
  note(orderId, false);
  const release = container ? [] : [guardBack(request), lockScroll()];
  shell.open();
  startTimer();

  function startTimer(): void {
    shell.show("loading");
    loadTimer = setTimeout(() => {
      shell.show("failed");
      const description = "The payment page did not load in time.";
      emit("failure", { code: "frame_timeout", description, orderId, retryable: true });
    }, settings.loadTimeoutMs);
  }

  function retry(): void {
    startTimer();
    frame.reload();
  }

  function hear({ type, data }: Message<FromPage>): void {
    clearTimeout(deadTimer);
    switch (type) {
      case "ready":
        clearTimeout(loadTimer);
        connected = true;
        shell.show("ready");
        // A page that was reloaded says anew whether a payment is under way.
        setProcessing(false);
        if (!container) {
          frame.element.focus();
        }
        emit("ready", { orderId });
        break;
      case "resize":
        shell.resize(data.height);
        break;
      case "processing":
        setProcessing(data.active);
        break;
      case "payment_success":
        setProcessing(false);
        // A page that was reloaded says it again.
        if (!paid) {
          paid = true;
          note(orderId, null);
          emit("success", data);
        }
        break;
      case "payment_failed":
        emit("failure", data);
        break;
      case "close_modal":
        shut();
    }
  }

  function setProcessing(active: boolean): void {
    if (active === processing) {
      return;
    }
    processing = active;
    shell.show("ready");
    if (!paid) {
      note(orderId, active);
    }
    emit("processing", { orderId, active });
  }

  /** The buyer wants to close. The page has the last word, as long as it lives. */
  function request(): void {
    if (!connected) {
      shut();
      return;
    }
    shell.show(processing ? "locked" : "ready");
    frame.say(processing ? { type: "update", data: {} } : { type: "close_requested", data: {} });
    clearTimeout(deadTimer);
    deadTimer = setTimeout(shut, DEAD_AFTER_MS);
  }

  /** A browser may close a dialog by itself when Esc is pressed again and again. */
  function shutOrStay(): void {
    if (ended) {
      return;
    }
    if (processing) {
      shell.open();
      shell.show("locked");
    } else {
      shut();
    }
  }

  function shut(): void {
    if (!ended) {
      end();
      emit("close", { orderId, paid });
    }
  }

  function end(): void {
    ended = true;
    clearTimeout(loadTimer);
    clearTimeout(deadTimer);
    frame.end();
    shell.remove();
    for (const step of release) {
      step();
    }
    if (!processing) {
      note(orderId, null);
    }
    onEnd();
  }

  function look(): void {
    const { theme, locale } = settings;
    shell.look(theme, locale);
    frame.say({ type: "update", data: { theme, locale } });
  }

  return {
    close: () => {
      if (!processing) {
        shut();
      }
      return ended;
    },
    end,
    look,
  };
}

function find(container: Element | string | undefined): Element | null {
  const found = typeof container === "string" ? document.querySelector(container) : container;
  if (found === null) {
    throw new Error(`PaymentGateway: there is no element '${container}'.`);
  }
  return found ?? null;
}

function addressOf({ origin, orderId, key, locale, theme }: Settings): URL {
  const url = new URL("/checkout", origin);
  const query = { order_id: orderId, embedded: "true", key, theme, ...(locale && { locale }) };
  url.search = new URLSearchParams(query).toString();
  return url;
}

const optionsFor = (settings: Settings, container: Element | null) => () => {
  const { theme, locale, prefill, confirmClose } = settings;
  return { theme, locale, prefill, confirmClose, container: Boolean(container) };
};
