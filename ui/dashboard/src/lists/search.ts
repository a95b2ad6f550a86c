/** What a list's address says: read leniently (people edit it, old links stay), so that no address breaks a page. */

import type { Raw } from "../url.ts";

/** Reads one parameter; undefined for what it can't be. */
export type Reader<T> = (raw: string) => T | undefined;

/** How each parameter of a page is read. */
export type Readers<S> = { readonly [K in keyof S]-?: Reader<NonNullable<S[K]>> };

/** The parameters that `readers` know, without those that are not there or make no sense. */
export function readSearch<S extends object>(readers: Readers<S>, raw: Raw): S {
  const found: Partial<S> = {};
  for (const name of Object.keys(readers) as (keyof S & string)[]) {
    const said = raw[name]?.trim() ?? "";
    const value = said === "" ? undefined : readers[name](said);
    if (value !== undefined) {
      found[name] = value;
    }
  }
  return found as S;
}

/** One of these words. */
export function word<const T extends string>(words: readonly T[]): Reader<T> {
  return (raw) => words.find((one) => one === raw);
}

/** Any text that is not too long. */
export const text: Reader<string> = (raw) => (raw.length > 255 ? undefined : raw);

/** Text of this form. */
export function textLike(form: RegExp): Reader<string> {
  return (raw) => (form.test(raw) ? raw : undefined);
}

/** The id of an object, which begins with one of these prefixes. */
export function idOf(...prefixes: string[]): Reader<string> {
  return textLike(new RegExp(`^(${prefixes.join("|")})_[0-9A-Za-z]{16,18}$`));
}

/** Yes or no. */
export const flag: Reader<boolean> = (raw) => (raw === "true" ? true : raw === "false" ? false : undefined);

/** An amount in minor units. */
export const minorUnits: Reader<number> = (raw) => (/^\d{1,13}$/.test(raw) ? Number(raw) : undefined);

/** A day, `2026-11-26`, that exists. */
export const day: Reader<string> = (raw) =>
  /^\d{4}-\d{2}-\d{2}$/.test(raw) && new Date(`${raw}T00:00:00Z`).toJSON()?.startsWith(raw) ? raw : undefined;

/** Some of these names, separated by commas, in the order of `names`; undefined for none. */
export function namesOf(names: readonly string[]): Reader<string> {
  return (raw) => {
    const said = raw.split(",");
    const known = names.filter((name) => said.includes(name));
    return known.length === 0 ? undefined : known.join(",");
  };
}
