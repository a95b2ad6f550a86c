/** The page's languages: words, direction, money and dates. English is in the page, the others are fetched when asked for. */

import type { Locale } from "./bootstrap.ts";
import { en } from "./locales/en.ts";
import { money } from "./money.ts";

export type Key = keyof typeof en;
export type Words = Readonly<Record<Key, string>>;
type Values = Readonly<Record<string, string>>;

/** One language, ready to speak. */
export interface Language {
  readonly locale: Locale;
  readonly direction: "ltr" | "rtl";
  /** The words for `key`, with its `{names}` filled in. */
  readonly say: (key: Key, values?: Values) => string;
  /** An amount in minor units. */
  readonly money: (amountMinor: number, currency: string) => string;
  /** The time of an instant, with its day unless that is today's. */
  readonly time: (instant: Date, now: Date) => string;
}

const LOADERS: Readonly<Record<Locale, () => Promise<{ readonly default: Words }>>> = {
  en: () => Promise.resolve({ default: en }),
  hi: () => import("./locales/hi.ts"),
  es: () => import("./locales/es.ts"),
  fr: () => import("./locales/fr.ts"),
  de: () => import("./locales/de.ts"),
  ar: () => import("./locales/ar.ts"),
};

/** The language of `locale`; English when its words can't be had. */
export async function speak(locale: Locale): Promise<Language> {
  try {
    return language(locale, (await LOADERS[locale]()).default);
  } catch {
    return language("en", en);
  }
}

/** A language from its words. */
export function language(locale: Locale, words: Words): Language {
  return {
    locale,
    direction: locale === "ar" ? "rtl" : "ltr",
    say: (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole),
    money: (amountMinor, currency) => money(amountMinor, currency, locale),
    time: (instant, now) => time(instant, now, locale),
  };
}

function time(instant: Date, now: Date, locale: Locale): string {
  const isToday = instant.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale, {
    ...(isToday ? {} : ({ dateStyle: "medium" } as const)),
    timeStyle: "short",
    numberingSystem: "latn",
  }).format(instant);
}
