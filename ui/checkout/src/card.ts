/** What a card's fields mean: networks, grouping, check digit, expiry. Pure: text in, text and findings out. */

export type Network = "visa" | "mastercard" | "amex" | "rupay" | "unknown";

/** What a network's cards look like. `lengths`: of the number, in digits, ascending. */
interface Shape {
  readonly groups: readonly number[];
  readonly lengths: readonly number[];
  readonly cvv: number;
}

const FOURS = [4, 4, 4, 4, 3] as const;

const SHAPES: Readonly<Record<Network, Shape>> = {
  visa: { groups: FOURS, lengths: [13, 16, 19], cvv: 3 },
  mastercard: { groups: FOURS, lengths: [16], cvv: 3 },
  amex: { groups: [4, 6, 5], lengths: [15], cvv: 4 },
  rupay: { groups: FOURS, lengths: [16], cvv: 3 },
  unknown: { groups: FOURS, lengths: [12, 13, 14, 15, 16, 17, 18, 19], cvv: 3 },
};

/** A field's text with the place of the caret in it. `forward`: something behind the caret was deleted. */
export interface Edit {
  readonly text: string;
  readonly caret: number;
  readonly forward?: boolean;
}

export type NumberFault = "number_missing" | "number_short" | "number_wrong";
export type ExpiryFault = "expiry_missing" | "expiry_short" | "expiry_month" | "expiry_past";
export type CvvFault = "cvv_missing" | "cvv_short";

/** A month of a year; `month` 1 to 12, `year` in four digits. */
export interface Month {
  readonly year: number;
  readonly month: number;
}

/** The network by the first digits, by the same rules as the gateway's; two digits are enough for most. */
export function networkOf(digits: string): Network {
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  if (digits.startsWith("4")) {
    return "visa";
  }
  if (digits.length < 2) {
    return "unknown";
  }
  if ((two >= 51 && two <= 55) || (digits.length >= 4 && four >= 2221 && four <= 2720)) {
    return "mastercard";
  }
  if (two === 34 || two === 37) {
    return "amex";
  }
  if (two === 60 || two === 65 || (two >= 81 && two <= 89)) {
    return "rupay";
  }
  return "unknown";
}

/** How many digits the network's security code has. */
export function cvvLength(network: Network): number {
  return SHAPES[network].cvv;
}

/** ASCII digits of what was typed or pasted, Arabic and Devanagari ones turned into ASCII. */
export function digitsOf(text: string): string {
  let digits = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    for (const zero of [0x30, 0x660, 0x6f0, 0x966, 0xff10]) {
      if (code >= zero && code <= zero + 9) {
        digits += String(code - zero);
      }
    }
  }
  return digits;
}

/** The check digit of ISO/IEC 7812-1, annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    sum += index % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** The number in its network's groups: `4242 4242 4242 4242`, `3782 822463 10005`. Surplus digits are dropped. */
export function groupNumber(digits: string): string {
  const { groups, lengths } = SHAPES[networkOf(digits)];
  const kept = digits.slice(0, lengths.at(-1));
  const parts: string[] = [];
  let start = 0;
  for (const length of groups) {
    if (start < kept.length) {
      parts.push(kept.slice(start, start + length));
    }
    start += length;
  }
  return parts.join(" ");
}

/** `MM / YY` as far as it is typed. A month's first digit above 1 gets its zero; four-digit years lose their century. */
export function groupExpiry(digits: string): string {
  const typed = /^[2-9]/.test(digits) ? `0${digits}` : digits;
  const month = typed.slice(0, 2);
  const year = typed.slice(2);
  if (typed.length < 2) {
    return typed;
  }
  // "20" may be the year 20 or the beginning of 2028: one more digit is let in to find out.
  const kept = !year.startsWith("20") ? year.slice(0, 2) : year.length >= 4 ? year.slice(2, 4) : year;
  return `${month} / ${kept}`;
}

/** `edited` for an expiry: a separator typed or pasted behind one digit makes it a month ("1/28"). */
export function editedExpiry(before: string, after: Edit): Edit {
  const isAlone = after.text.length > before.length && /^\s*\d\s*[/.-]/.test(after.text);
  const whole = isAlone ? { text: `0${after.text.trimStart()}`, caret: after.caret + 1 } : after;
  return edited(before, whole, groupExpiry);
}

/**
 * The field after an edit: formatted, the caret behind the same digit as before. `before` is the field as it was;
 * who deleted a separator alone meant the digit next to it.
 */
export function edited(before: string, after: Edit, format: (digits: string) => string): Edit {
  const typed = digitsOf(after.text);
  let behind = digitsOf(after.text.slice(0, after.caret)).length;
  let digits = typed;
  const removedSeparator = after.text.length === before.length - 1 && typed === digitsOf(before);
  if (removedSeparator && after.forward) {
    digits = typed.slice(0, behind) + typed.slice(behind + 1);
  } else if (removedSeparator && behind > 0) {
    digits = typed.slice(0, behind - 1) + typed.slice(behind);
    behind -= 1;
  }
  const text = format(digits);
  // A zero that the format put in front counts as typed.
  if (digitsOf(text).length > digits.length) {
    behind += digitsOf(text).length - digits.length;
  }
  if (behind >= digitsOf(text).length) {
    // After a deletion without the separator at the end, so that one more backspace reaches the digit.
    const whole = after.text.length < before.length ? text.replace(/[ /]+$/, "") : text;
    return { text: whole, caret: whole.length };
  }
  let caret = 0;
  for (let seen = 0; seen < behind; caret += 1) {
    if (/\d/.test(text[caret] ?? "")) {
      seen += 1;
    }
  }
  return { text, caret };
}

/** What is wrong with a card number that is thought to be complete; null when nothing is. */
export function numberFault(digits: string): NumberFault | null {
  if (digits === "") {
    return "number_missing";
  }
  const { lengths } = SHAPES[networkOf(digits)];
  if (!lengths.includes(digits.length)) {
    return "number_short";
  }
  return passesLuhn(digits) ? null : "number_wrong";
}

/** Whether all of a number is there, so that a wrong check digit may be told before the buyer leaves the field. */
export function isWholeNumber(digits: string): boolean {
  const network = networkOf(digits);
  return network === "amex" ? digits.length === 15 : network !== "unknown" && digits.length >= 16;
}

/** Whether enough of an expiry is there to judge it: its month, or all; "12 / 20" may yet become "12 / 2028". */
export function isWholeExpiry(text: string): boolean {
  const digits = digitsOf(text);
  return expiryFault(text, null) === "expiry_month" || (digits.length === 4 && !digits.endsWith("20"));
}

/** The month that `MM / YY` names; null while it names none. */
export function monthOf(text: string): Month | null {
  const digits = digitsOf(text);
  const month = Number(digits.slice(0, 2));
  return digits.length === 4 && month >= 1 && month <= 12
    ? { month, year: 2000 + Number(digits.slice(2)) }
    : null;
}

/** What is wrong with an expiry. `current`: the month before which a card has expired; null checks no such thing. */
export function expiryFault(text: string, current: Month | null): ExpiryFault | null {
  const digits = digitsOf(text);
  if (digits === "") {
    return "expiry_missing";
  }
  const month = Number(digits.slice(0, 2));
  if (digits.length >= 2 && (month < 1 || month > 12)) {
    return "expiry_month";
  }
  const given = monthOf(text);
  if (given === null) {
    return "expiry_short";
  }
  const isPast =
    current !== null &&
    (given.year < current.year || (given.year === current.year && given.month < current.month));
  return isPast ? "expiry_past" : null;
}

/** What is wrong with a security code for a card of `network`. */
export function cvvFault(digits: string, network: Network): CvvFault | null {
  if (digits === "") {
    return "cvv_missing";
  }
  return digits.length === cvvLength(network) ? null : "cvv_short";
}

/** Whether the text is a UPI address: the gateway's own rule. */
export function isVpa(text: string): boolean {
  return /^[a-zA-Z0-9._-]+@[a-zA-Z0-9]+$/.test(text);
}
