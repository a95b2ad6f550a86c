/** What API keys may do and how long, in words, and the requests that make them. Pure. */

import type { Schema } from "../../api/client.ts";

type Key = Schema<"ApiKey">;
type Scope = NonNullable<Schema<"CreateApiKey">["scopes"]>[number];

const DAY_MS = 86_400_000;
/** A key that ends sooner is pointed out. */
const SOON_MS = 7 * DAY_MS;

export type KeyState = "active" | "expiring" | "expired" | "revoked";

/** How a key stands: `expiring` is active, and not for long. */
export function stateOf({ status, expires_at }: Pick<Key, "status" | "expires_at">, now: Date): KeyState {
  if (status !== "active" || expires_at === null) {
    return status;
  }
  const left = new Date(expires_at).getTime() - now.getTime();
  return left <= 0 ? "expired" : left < SOON_MS ? "expiring" : "active";
}

/** A thing that scopes are about, and what may be done with it. */
export interface Area {
  readonly name: string;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Scopes by what they are about: `payments:read`, `payments:write` are one area. */
export function areasOf(scopes: readonly string[]): Area[] {
  const names = [...new Set(scopes.map((scope) => scope.split(":", 1)[0] ?? scope))];
  return names.map((name) => ({
    name,
    reads: scopes.includes(`${name}:read`),
    writes: scopes.includes(`${name}:write`),
  }));
}

/** "api_keys" is "API keys". */
export function areaName(name: string): string {
  const words = name.replaceAll("_", " ").replace(/^api\b/, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const SHOWN_MAX = 3;

/** Scopes in a few words: "All", "payments, refunds (read)", "7 areas". */
export function scopesText(scopes: readonly string[]): string {
  if (scopes.includes("*")) {
    return "All";
  }
  const areas = areasOf(scopes);
  if (areas.length > SHOWN_MAX) {
    return areas.every(({ writes }) => !writes) ? `${areas.length} areas (read)` : `${areas.length} areas`;
  }
  return areas
    .map(({ name, reads, writes }) => (reads && writes ? name : `${name} (${reads ? "read" : "write"})`))
    .join(", ");
}

/** How long a new key is good. */
export const LIVES = [
  { value: "", label: "Never ends" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
] as const;

/** How long a rolled key works on. */
export const GRACES = [
  { value: "86400", label: "for 24 hours" },
  { value: "3600", label: "for 1 hour" },
  { value: "0", label: "not at all" },
] as const;

/** What rolling does, before it is done. */
export function rollText(graceS: number, kind: Key["kind"]): string {
  const made = kind === "secret" ? "There is a new key with a new secret" : "There is a new key";
  const then =
    graceS === 0
      ? "The present one ends at once: what still uses it is refused from then on."
      : `The present one works on ${graceS === 3600 ? "for an hour" : "for a day"}, so that you can change over.`;
  return `${made}, on the same terms. ${then}`;
}

export interface KeyForm {
  readonly name: string;
  readonly kind: Key["kind"];
  readonly everything: boolean;
  /** What it may do when it may not do everything. */
  readonly scopes: readonly string[];
  /** Days; empty: it never ends. */
  readonly days: string;
  /** Requests a second; empty: the gateway's own limit. */
  readonly rateLimit: string;
}

export const NEW_KEY: KeyForm = {
  name: "",
  kind: "secret",
  everything: true,
  scopes: [],
  days: "",
  rateLimit: "",
};

export type KeyProblems = Partial<Record<"name" | "scopes" | "rateLimit", string>>;

const RATE_MAX = 1_000_000;

/** What has to be mended before it can be sent. */
export function keyProblems(form: KeyForm): KeyProblems {
  const rate = Number(form.rateLimit);
  const isRate = form.rateLimit.trim() === "" || (Number.isInteger(rate) && rate >= 1 && rate <= RATE_MAX);
  return {
    ...(form.name.trim() === "" && { name: "A name tells you later what it is used for." }),
    ...(form.kind === "secret" &&
      !form.everything &&
      form.scopes.length === 0 && { scopes: "Choose at least one." }),
    ...(!isRate && { rateLimit: `A whole number from 1 to ${RATE_MAX}.` }),
  };
}

/** What makes the key. `mine`: what its maker may do, who can hand on no more; null: everything there is. */
export function newKey(form: KeyForm, mine: readonly string[] | null, now: Date): Schema<"CreateApiKey"> {
  const scopes = form.everything ? mine : form.scopes;
  return {
    name: form.name.trim(),
    kind: form.kind,
    scopes: form.kind === "publishable" || scopes === null ? null : ([...scopes] as Scope[]),
    expires_at: form.days === "" ? null : new Date(now.getTime() + Number(form.days) * DAY_MS).toISOString(),
    rate_limit_per_s: form.rateLimit.trim() === "" ? null : Number(form.rateLimit),
  };
}
