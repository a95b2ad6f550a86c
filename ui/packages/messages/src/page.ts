/** The page's end: it accepts one parent, and talks to it alone. */

import { isAllowedOrigin } from "./origins.ts";
import {
  type ConnectOptions,
  envelope,
  FROM_PARENT,
  type FromPage,
  type FromParent,
  type Message,
  readConnect,
  readMessage,
} from "./protocol.ts";

/** The page that embeds the checkout, once it has made itself known. */
export interface Parent {
  origin: string;
  options: ConnectOptions;
  send(message: Message<FromPage>): void;
}

/**
 * Wait for the first `connect` of the window that embeds this one, from an allowed origin; then say `ready`.
 *
 * Whatever else arrives is ignored, also a second `connect`. The answer ends the wait.
 */
export function awaitParent(
  view: Window,
  allowed: readonly string[],
  onConnect: (parent: Parent) => void,
  onMessage: (message: Message<FromParent>) => void,
): () => void {
  const listen = (event: MessageEvent): void => {
    const port = event.ports[0];
    const options = readConnect(event.data);
    if (!options || !port || event.source !== view.parent || !isAllowedOrigin(event.origin, allowed)) {
      return;
    }
    stop();
    const send = (message: Message<FromPage>) => port.postMessage(envelope(message));
    port.onmessage = ({ data }) => {
      const message = readMessage(FROM_PARENT, data);
      if (message) {
        send({ type: "heard", data: {} });
        onMessage(message);
      }
    };
    onConnect({ origin: event.origin, options, send });
    send({ type: "ready", data: {} });
  };
  const stop = () => view.removeEventListener("message", listen);
  view.addEventListener("message", listen);
  return stop;
}

/** The types of messages that clients without the SDK know. */
export type PlainType = "payment_success" | "payment_failed" | "close_modal";

/**
 * Tell a parent that embeds the frame without the SDK, as every gateway of this family does.
 *
 * `connected` is the handshake's origin, if there was one. Otherwise the browser says who the parent is; nothing is sent
 * to a parent that is not allowed.
 */
export function tellPlainly(
  view: Window,
  allowed: readonly string[],
  connected: string | null,
  message: Extract<Message<FromPage>, { type: PlainType }>,
): void {
  const origin = connected ?? parentOrigin(view, allowed);
  if (origin && view.parent !== view) {
    view.parent.postMessage({ type: message.type, data: message.data }, origin);
  }
}

/** Who embeds this window, as the browser tells it; null when it does not, or when that page is not allowed. */
export function parentOrigin(view: Window, allowed: readonly string[]): string | null {
  const told = view.location.ancestorOrigins?.[0] ?? originOf(view.document.referrer);
  return told && isAllowedOrigin(told, allowed) ? told : null;
}

function originOf(url: string): string | null {
  try {
    return new URL(url).origin;
  } catch {
    return null; // no referrer
  }
}
