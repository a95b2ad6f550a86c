/// <reference lib="es2023.intl" />
/** Amounts, numbers and times as the reader's language has them. Amounts are integers of minor units, and no float. */

/** A language of numbers and dates. The words of the dashboard are English. */
export interface Locale {
  readonly tag: string;
  readonly name: string;
}

export const LOCALES: readonly Locale[] = [
  { tag: "en-IN", name: "English (India)" },
  { tag: "en-US", name: "English (United States)" },
  { tag: "en-GB", name: "English (United Kingdom)" },
  { tag: "de-DE", name: "German" },
  { tag: "fr-FR", name: "French" },
  { tag: "es-ES", name: "Spanish" },
  { tag: "hi-IN", name: "Hindi" },
  { tag: "ar-AE", name: "Arabic" },
];

const WITHOUT_MINOR_UNIT = new Set(
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "),
);
const IN_THOUSANDTHS = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

/** Decimal places of a currency's minor unit: the gateway's own table (contracts/money.py), not the browser's. */
export function decimalsOf(currency: string): number {
  return WITHOUT_MINOR_UNIT.has(currency) ? 0 : IN_THOUSANDTHS.has(currency) ? 3 : 2;
}

/** `49900` of INR is `"499.00"`: cut, not divided. */
export function decimal(minor: number, currency: string): `${number}` {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(minor)).padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return `${minor < 0 ? "-" : ""}${text}` as `${number}`;
}

/** `"499"` or `"499.00"` of INR is `49900`; null for what is no amount of this currency. */
export function minorOf(text: string, currency: string): number | null {
  const decimals = decimalsOf(currency);
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text.trim());
  const fraction = match?.[2] ?? "";
  if (match === null || fraction.length > decimals) {
    return null;
  }
  return Number(`${match[1]}${fraction.padEnd(decimals, "0")}`);
}

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

/** Formatters cost far more to make than to use. */
function once<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: () => T,
): T {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found as T;
}

// Western digits everywhere: amounts are compared with the bank's, the shop's and the API's.
const DIGITS = { numberingSystem: "latn" } as const;

/** An amount with its currency, exactly. */
export function money(minor: number, currency: string, locale: string): string {
  const decimals = decimalsOf(currency);
  const format = once(`${locale} ${currency}`, () => {
    return new Intl.NumberFormat(locale, {
      ...DIGITS,
      style: "currency",
      currency,
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  });
  // A decimal STRING is formatted exactly; a number would be a float.
  return format.format(decimal(minor, currency));
}

/** A large amount in few characters, for a plot's axis: 1.2M. Rounded; never the only place an amount is shown. */
export function roughMoney(minor: number, currency: string, locale: string): string {
  const format = once(`${locale} ${currency} rough`, () => {
    return new Intl.NumberFormat(locale, {
      ...DIGITS,
      style: "currency",
      currency,
      notation: "compact",
      maximumFractionDigits: 1,
      minimumFractionDigits: 0,
    });
  });
  return format.format(decimal(minor, currency));
}

/** A count. */
export function count(value: number, locale: string): string {
  return once(`${locale} count`, () => new Intl.NumberFormat(locale, DIGITS)).format(value);
}

/** A part of one as percent, with one decimal place. */
export function percent(part: number, locale: string): string {
  const options = { ...DIGITS, style: "percent", maximumFractionDigits: 1 } as const;
  return once(`${locale} percent`, () => new Intl.NumberFormat(locale, options)).format(part);
}

/** Milliseconds as people read them: 85 ms, 1.2 s. */
export function duration(ms: number, locale: string): string {
  const [value, unit, digits] = ms < 1000 ? [ms, "millisecond", 0] : [ms / 1000, "second", 1];
  const options = {
    ...DIGITS,
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: digits,
  } as const;
  return once(`${locale} ${unit}`, () => new Intl.NumberFormat(locale, options)).format(value);
}

const TIME = {
  short: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  date: { day: "numeric", month: "short", year: "numeric" },
  hour: { hour: "2-digit", minute: "2-digit" },
  second: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  long: { dateStyle: "medium", timeStyle: "medium" },
} as const;

/** An instant in the reader's time zone. */
export function time(at: string | Date, locale: string, form: keyof typeof TIME = "short"): string {
  const format = once(`${locale} time ${form}`, () => {
    return new Intl.DateTimeFormat(locale, { ...DIGITS, ...TIME[form] });
  });
  return format.format(typeof at === "string" ? new Date(at) : at);
}

const STEPS = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [4.35, "week"],
  [12, "month"],
  [Number.POSITIVE_INFINITY, "year"],
] as const;

/** How long ago, or in how long: "3 minutes ago". */
export function ago(at: string | Date, now: Date, locale: string): string {
  let value = ((typeof at === "string" ? new Date(at) : at).getTime() - now.getTime()) / 1000;
  const format = once(`${locale} ago`, () => {
    return new Intl.RelativeTimeFormat(locale, { ...DIGITS, numeric: "auto", style: "short" });
  });
  for (const [size, unit] of STEPS) {
    if (Math.abs(value) < size) {
      return format.format(Math.round(value), unit);
    }
    value /= size;
  }
  return "";
}
