/** Stands in for the checkout's page: the other end of the line to the frame of a gateway. */

import {
  envelope,
  FROM_PARENT,
  type FromPage,
  type FromParent,
  type Message,
  readConnect,
  readMessage,
} from "@paygate/messages";
import { vi } from "vitest";

export const FRAME = "[data-test-id=payment-iframe]";

/** The frames that are in the document now, in the order in which they stand there. */
export const frames = (): HTMLIFrameElement[] => [...document.querySelectorAll<HTMLIFrameElement>(FRAME)];

/** A document that has loaded in the frame: what it was sent, and what it can say. */
export class Page {
  readonly post = vi.fn<(message: unknown, origin: string, ports: MessagePort[]) => void>();
  readonly heard: Array<Message<FromParent>> = [];
  readonly #port: MessagePort;

  /** The page loads in this frame, and is told who its parent is. */
  constructor(frame: HTMLIFrameElement | undefined = frames().at(-1)) {
    Object.defineProperty(frame, "contentWindow", { value: { postMessage: this.post }, configurable: true });
    frame?.dispatchEvent(new Event("load"));
    const port = this.post.mock.calls[0]?.[2][0];
    if (!port) {
      throw new Error("The page was not connected.");
    }
    this.#port = port;
    port.onmessage = ({ data }) => {
      const message = readMessage(FROM_PARENT, data);
      if (message) {
        this.heard.push(message);
      }
    };
  }

  /** As the page of the checkout does at once. */
  async ready(): Promise<this> {
    return await this.says({ type: "ready", data: {} });
  }

  get origin(): string | undefined {
    return this.post.mock.calls[0]?.[1];
  }

  get options() {
    return readConnect(this.post.mock.calls[0]?.[0]);
  }

  says(message: Message<FromPage>): Promise<this> {
    return this.saysRaw(envelope(message));
  }

  /** Whatever it is; the answer comes once it has been delivered. */
  async saysRaw(value: unknown): Promise<this> {
    this.#port.postMessage(value);
    await settled();
    return this;
  }
}

/** Every message that was posted has arrived: ports deliver in turn, and one that was opened now is the last. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => {
      port2.onmessage = resolve;
      port1.postMessage(null);
    });
    port1.close();
  }
}
