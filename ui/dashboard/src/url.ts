/** What a page shows is in its address: filters, sort, columns, the page of a list. All of it is plain text there. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

/** An address's parameters as they stand; one that is given twice counts once, the last. */
export type Raw = Readonly<Record<string, string>>;

/** What is to change: an empty or absent value takes the parameter away. */
export type Patch = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The parameters that say where in a list one is. Every other change begins the list anew. */
const PLACE = ["after", "before"];

/** `?a=1&b=2` as an object. */
export function parse(search: string): Raw {
  return Object.fromEntries(new URLSearchParams(search));
}

/** The object as `?a=1&b=2`, without what is empty. */
export function stringify(search: Patch): string {
  const filled = Object.entries(search).filter(([, value]) => isFilled(value));
  const text = new URLSearchParams(filled.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** The parameters after a change. */
export function patched(search: Raw, patch: Patch): Raw {
  const movesOn = PLACE.some((name) => name in patch);
  const kept = Object.entries(search).filter(([name]) => movesOn || !PLACE.includes(name));
  const all = { ...Object.fromEntries(kept), ...patch };
  const filled = Object.entries(all).filter(([, value]) => isFilled(value));
  return Object.fromEntries(filled.map(([name, value]) => [name, String(value)]));
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** One of the values that a parameter may have; anything else that somebody wrote into the address is left out. */
export function oneOf<T extends string>(value: string | undefined, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value);
}

type Change = (patch: Patch, how?: { replace?: boolean }) => void;

/** The address's parameters, read by `read` (a pure function outside the component), and how to change them. */
export function useUrl<T>(read: (raw: Raw) => T): [T, Change] {
  const raw = useSearch({ strict: false }) as Raw;
  const navigate = useNavigate();
  const change = useCallback<Change>(
    (patch, how = {}) => {
      void navigate({
        to: ".",
        search: ((now: Raw) => patched(now, patch)) as never,
        replace: how.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [useMemo(() => read(raw), [read, raw]), change];
}
