/** The language of numbers and dates that the reader chose, kept in this browser. */

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { LOCALES } from "./format.ts";

const KEY = "paygate-locale";

interface Chosen {
  readonly locale: string;
  readonly choose: (tag: string) => void;
}

const Context = createContext<Chosen>({ locale: "en-IN", choose: () => undefined });

/** What was chosen, else what of ours comes nearest to the browser's languages. */
export function firstLocale(kept: string | null, wanted: readonly string[]): string {
  const tags = LOCALES.map(({ tag }) => tag);
  if (kept !== null && tags.includes(kept)) {
    return kept;
  }
  for (const tag of wanted) {
    const found =
      tags.find((one) => one === tag) ?? tags.find((one) => one.startsWith(tag.split("-", 1)[0] ?? tag));
    if (found !== undefined) {
      return tag === "en" ? "en-US" : found;
    }
  }
  return "en-US";
}

export function LocaleProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useState(() => firstLocale(localStorage.getItem(KEY), navigator.languages));
  const chosen = useMemo<Chosen>(
    () => ({
      locale,
      choose: (tag) => {
        localStorage.setItem(KEY, tag);
        setLocale(tag);
      },
    }),
    [locale],
  );
  return <Context value={chosen}>{children}</Context>;
}

/** The tag that `format.ts` takes. */
export function useLocale(): string {
  return useContext(Context).locale;
}

export function useLocaleChoice(): Chosen {
  return useContext(Context);
}
