/** The options of a shop: read, checked, and a sentence for each that can't be used. */

import { type Check, count, flag, object, oneOf, optional, type Theme, text } from "@paygate/messages";
import type { PaymentGatewayOptions } from "../checkout";

/** Options that were checked, with the defaults in. */
export type Settings = PaymentGatewayOptions & { origin: string; loadTimeoutMs: number; theme: Theme };

/** Option to what it must be, and to that in words. */
type Rules = Readonly<Record<string, readonly [Check, string]>>;

const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);

const callback = [optional((value) => typeof value === "function"), "a function"] as const;

const LOOK: Rules = {
  theme: [optional(oneOf("auto", "light", "dark")), "auto, light or dark"],
  locale: [optional(text(35)), "a language such as hi or pt-BR"],
};

const ALL: Rules = {
  // A secret in a page is a secret no more.
  key: [matches(/^(?!secret_|whsec_).{1,255}$/), "the public half of your API key, never a secret"],
  orderId: [matches(/^.{1,64}$/), "the id of an order that your server created"],
  onSuccess: callback,
  onFailure: callback,
  onClose: callback,
  container: [
    optional((value) => typeof value === "string" || value instanceof Element),
    "an element or a selector",
  ],
  prefill: [
    optional(object({ vpa: optional(text(255)), holder_name: optional(text(100)) })),
    "strings: { vpa, holder_name }",
  ],
  nonce: [optional(text(255)), "a string"],
  confirmClose: [optional(flag), "true or false"],
  loadTimeoutMs: [count(2 ** 31 - 1), "a whole number of milliseconds"],
  origin: [matches(/^https?:\/\/[^/]/), "where the checkout is, such as https://pay.example.com"],
  ...LOOK,
};

function check(options: object, rules: Rules): void {
  for (const [name, [isRight, what]] of Object.entries(rules)) {
    if (!isRight((options as Record<string, unknown>)[name])) {
      throw new TypeError(`PaymentGateway: '${name}' must be ${what}.`);
    }
  }
}

/** `source` is the address that the script came from, if a script tag did. Throws a TypeError that says what to do. */
export function readOptions(options: PaymentGatewayOptions, source: string | undefined): Settings {
  const settings = { ...options };
  settings.theme ??= "auto";
  settings.loadTimeoutMs ??= 15_000;
  settings.origin ??= source;
  check(settings, ALL);
  settings.origin = new URL(settings.origin as string).origin;
  return settings as Settings;
}

/** Theme and locale, when they are changed later. */
export function checkLook(look: object): void {
  check(look, LOOK);
}
