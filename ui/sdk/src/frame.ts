/** The checkout's page in its frame, and the private line to it. */

import {
  type ConnectOptions,
  connect,
  envelope,
  FROM_PAGE,
  type FromPage,
  type FromParent,
  type Message,
  readMessage,
} from "@paygate/messages";

/** `hear` is told what the page says; nothing any more once `end` was called. */
export interface Frame {
  element: HTMLIFrameElement;
  say(message: Message<FromParent>): void;
  reload(): void;
  end(): void;
}

/**
 * Each document that loads in the frame is sent a port of its own, addressed to the checkout's origin: the browser gives
 * it to nobody else. No window message is ever listened to, so no other page can say anything.
 */
export function makeFrame(
  url: URL,
  options: () => ConnectOptions,
  hear: (message: Message<FromPage>) => void,
): Frame {
  const element = document.createElement("iframe");
  let port: MessagePort | null = null;
  const hangUp = (): void => {
    port?.close();
    port = null;
  };
  const onLoad = (): void => {
    hangUp();
    const line = new MessageChannel();
    port = line.port1;
    port.onmessage = ({ data }) => {
      const message = readMessage(FROM_PAGE, data);
      // What was on its way when the line was closed is not heard.
      if (message && port === line.port1) {
        hear(message);
      }
    };
    element.contentWindow?.postMessage(connect(options()), url.origin, [line.port2]);
  };
  element.onload = onLoad;
  element.allow = "payment";
  // The page learns which site embeds it, also from a shop that tells nobody else.
  element.referrerPolicy = "strict-origin";
  element.dataset.testId = "payment-iframe";
  element.src = url.href;
  return {
    element,
    say: (message) => port?.postMessage(envelope(message)),
    reload: () => {
      element.src = url.href;
    },
    end: () => {
      element.onload = null;
      hangUp();
    },
  };
}
