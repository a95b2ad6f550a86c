/** Amounts as people type them: text in, whole minor units out, and no float between. */

import { decimal, decimalsOf } from "./format.ts";

/** The most that the gateway takes, in minor units (contracts/money.py). */
const MOST_MINOR = 1_000_000_000_000;

/** What was typed: an amount in minor units, nothing, or why it is none. */
export type Typed =
  | { readonly kind: "amount"; readonly minor: number }
  | { readonly kind: "empty" }
  | { readonly kind: "wrong"; readonly why: string };

/** Read `text` as a person of this locale writes amounts: `1.234,56` in German is 1234.56, and `12.50` is a mistake. */
export function readAmount(text: string, currency: string, locale: string): Typed {
  const { group, point } = marksOf(locale);
  const typed = western(text).trim();
  if (typed === "") {
    return { kind: "empty" };
  }
  const decimals = decimalsOf(currency);
  const [whole = "", part = "", more] = typed.split(point);
  if (more !== undefined || !/^\d*$/.test(part) || !isWhole(whole, group) || whole + part === "") {
    return wrong(`Write an amount like ${writeAmount(123456, currency, locale)}.`);
  }
  if (part.length > decimals) {
    return wrong(
      decimals === 0
        ? `${currency} has no smaller unit.`
        : `${currency} has ${decimals} decimal places at most.`,
    );
  }
  const digits = whole.replace(/\D/g, "") + part.padEnd(decimals, "0");
  // Compared as text first: what is longer than the most need not be exact as a number.
  const significant = digits.replace(/^0+/, "");
  if (significant.length > String(MOST_MINOR).length || Number(significant) > MOST_MINOR) {
    return wrong(`At most ${writeAmount(MOST_MINOR, currency, locale)}.`);
  }
  return { kind: "amount", minor: Number(significant) };
}

/** The amount as `readAmount` reads it: `123456` of EUR in German is `1234,56`. */
export function writeAmount(minor: number, currency: string, locale: string): string {
  return decimal(minor, currency).replace(".", marksOf(locale).point);
}

function wrong(why: string): Typed {
  return { kind: "wrong", why };
}

interface Marks {
  readonly group: string;
  readonly point: string;
}

function marksOf(locale: string): Marks {
  const parts = new Intl.NumberFormat(locale, { numberingSystem: "latn" }).formatToParts(1234567.5);
  const markOf = (type: string, otherwise: string): string =>
    parts.find((part) => part.type === type)?.value ?? otherwise;
  return { group: western(markOf("group", ",")), point: markOf("decimal", ".") };
}

/** Digits of Arabic and Hindi as ours, and every kind of space as a plain one. */
function western(text: string): string {
  return text
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u0966-\u096f]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
    .replace(/[\s\u200e\u200f\u061c]/g, " ");
}

/** Digits, in groups as the locale makes them or in none. India's groups have two digits but for the last. */
function isWhole(text: string, group: string): boolean {
  const groups = text.split(group);
  if (!groups.every((digits) => /^\d*$/.test(digits))) {
    return false;
  }
  const [first = "", ...others] = groups;
  const last = others.pop();
  return (
    last === undefined ||
    (/^\d{1,3}$/.test(first) &&
      last.length === 3 &&
      others.every(({ length }) => length === 2 || length === 3))
  );
}
