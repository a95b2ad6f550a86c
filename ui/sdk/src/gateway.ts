/** What a shop holds: the checkout of one order. */

import type {
  PaymentGateway as Declared,
  PaymentGatewayEvents as Events,
  PaymentGatewayOptions,
  PendingCheckout,
  Theme,
} from "../checkout";
import { type Opening, open } from "./opening.ts";
import { checkLook, readOptions, type Settings } from "./options.ts";
import { pending } from "./pending.ts";

/** Where the script tag got this from; a bundler's module has no tag. */
const SOURCE = (globalThis.document?.currentScript as HTMLScriptElement | null | undefined)?.src;

type Handler<Event extends keyof Events> = (data: Events[Event]) => void;

export class PaymentGateway implements Declared {
  #settings: Settings;
  #handlers: Array<[keyof Events, Handler<never>]> = [];
  #opening: Opening | null = null;
  #destroyed = false;

  constructor(options: PaymentGatewayOptions) {
    this.#settings = readOptions(options, SOURCE);
    const { onSuccess, onFailure, onClose } = this.#settings;
    this.on("success", onSuccess).on("failure", onFailure).on("close", onClose);
  }

  static pending(): PendingCheckout | null {
    return pending();
  }

  get isOpen(): boolean {
    return Boolean(this.#opening);
  }

  open(): void {
    if (this.#destroyed) {
      throw new Error("PaymentGateway: this one was destroyed. Make a new one.");
    }
    this.#opening ??= open(
      this.#settings,
      (event, data) => this.#emit(event, data),
      () => {
        this.#opening = null;
      },
    );
  }

  close(): boolean {
    return this.#opening?.close() ?? true;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#handlers = [];
    this.#opening?.end();
  }

  update(look: { theme?: Theme | undefined; locale?: string | undefined }): void {
    checkLook(look);
    Object.assign(this.#settings, look).theme ??= "auto";
    this.#opening?.look();
  }

  on<Event extends keyof Events>(event: Event, handler: Handler<Event> | undefined): this {
    this.off(event, handler);
    if (handler) {
      this.#handlers.push([event, handler as Handler<never>]);
    }
    return this;
  }

  off<Event extends keyof Events>(event: Event, handler: Handler<Event> | undefined): this {
    // A new list, so that a handler may take itself away while it is called.
    this.#handlers = this.#handlers.filter(([name, known]) => name !== event || known !== handler);
    return this;
  }

  #emit<Event extends keyof Events>(event: Event, data: Events[Event]): void {
    for (const [name, handler] of this.#handlers) {
      if (name === event) {
        try {
          (handler as Handler<Event>)(data);
        } catch (error) {
          reportError(error); // a shop's mistake is seen in its console and does not stop the checkout
        }
      }
    }
  }
}
