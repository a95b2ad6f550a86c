/** Shortcuts: what is pressed, and what it means. Pure. */

import type { Section } from "./pages.ts";

/** Letters of a chord come within this time. */
const CHORD_MS = 1200;

/** What of a KeyboardEvent matters. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Somebody is writing, or a dialog is open: single letters are theirs. */
  readonly isTaken: boolean;
  /** In milliseconds. */
  readonly at: number;
}

export type Meaning = { readonly does: "palette" | "help" } | { readonly does: "go"; readonly to: string };

export interface Heard {
  /** When G was pressed, if a second letter may follow. */
  readonly openSince: number | null;
  readonly meaning: Meaning | null;
}

const NOTHING: Heard = { openSince: null, meaning: null };

/** What this press means after those before. */
export function hear(openSince: number | null, press: Press, sections: readonly Section[]): Heard {
  const key = press.key.toLowerCase();
  if ((press.ctrlKey || press.metaKey) && !press.altKey && key === "k") {
    return { openSince: null, meaning: { does: "palette" } };
  }
  if (press.isTaken || press.ctrlKey || press.metaKey || press.altKey) {
    return NOTHING;
  }
  if (openSince !== null && press.at - openSince <= CHORD_MS) {
    const page = sections.flatMap(({ pages }) => pages).find((one) => one.key === key);
    return { openSince: null, meaning: page ? { does: "go", to: page.path } : null };
  }
  if (key === "g") {
    return { openSince: press.at, meaning: null };
  }
  if (key === "?" || key === "/") {
    return { openSince: null, meaning: { does: key === "?" ? "help" : "palette" } };
  }
  return NOTHING;
}
