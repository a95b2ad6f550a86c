/** The guides' pieces of programs with the reader's own keys and addresses in them. Pure. */

import told from "./snippets.gen.json";

export type PieceName = keyof typeof told.pieces;

/** An event as a webhook tells it. */
export const EVENT = told.event;

/** What is put into the pieces; null where the reader has to put it in. */
export interface Reader {
  readonly apiUrl: string;
  readonly checkoutUrl: string;
  readonly apiKey: string | null;
  readonly apiSecret: string | null;
  readonly publishableKey: string | null;
  readonly webhookSecret: string | null;
}

/** A piece as it is to be copied. */
export function piece(name: PieceName, reader: Reader): string {
  return inYourKeys(told.pieces[name], reader);
}

/** What the guides have in these places, and what stands there for who has no key to show. */
const PLACES: readonly (readonly [guide: string, field: keyof Reader, missing: string])[] = [
  ["http://localhost:8000", "apiUrl", "YOUR_GATEWAY"],
  ["http://localhost:3001", "checkoutUrl", "YOUR_CHECKOUT"],
  ["key_test_abc123", "apiKey", "YOUR_API_KEY"],
  ["secret_test_xyz789", "apiSecret", "YOUR_API_SECRET"],
  ["pk_test_abc123", "publishableKey", "YOUR_PUBLISHABLE_KEY"],
  ["whsec_test_abc123", "webhookSecret", "YOUR_WEBHOOK_SECRET"],
];

/** Code of a guide with what is the reader's own in place of the test merchant's. */
export function inYourKeys(code: string, reader: Reader): string {
  const own = new Map(PLACES.map(([guide, field, missing]) => [guide, reader[field] ?? missing]));
  // In one go: what was put in is not looked at again.
  const all = [...own.keys()].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return code.replace(new RegExp(all.join("|"), "g"), (text) => own.get(text) ?? text);
}
