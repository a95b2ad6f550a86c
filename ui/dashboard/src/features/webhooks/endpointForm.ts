/** An endpoint's settings as a form has them, what is wrong with them, and the requests that they make. Pure. */

import type { Schema } from "../../api/client.ts";
import { type EventPattern, tidied } from "./events.ts";
import { readGaps, writeGaps } from "./schedule.ts";

type Endpoint = Schema<"WebhookEndpoint">;

export interface HeaderRow {
  /** Unique in its form. */
  readonly key: string;
  readonly name: string;
  /** The mask stands for a value that is kept and can't be read. */
  readonly value: string;
}

export interface EndpointForm {
  readonly url: string;
  readonly description: string;
  readonly everything: boolean;
  /** What it asks for when it does not ask for everything. */
  readonly patterns: readonly EventPattern[];
  readonly headers: readonly HeaderRow[];
  /** Attempts a second; empty: no limit. */
  readonly rateLimit: string;
  readonly ordered: boolean;
  /** As `readGaps` takes them; empty: the gateway's own schedule. */
  readonly gaps: string;
  /** One attempt alone, whatever `gaps` says. */
  readonly once: boolean;
}

/** What the gateway shows in place of a header's value, and takes back as "as it was". */
export const MASK = "********";
export const HEADERS_MAX = 20;
const RATE_MAX = 1000;
const URL_MAX_CHARS = 2048;
const HEADER_NAME = /^[0-9A-Za-z!#$%&'*+.^_`|~-]{1,256}$/;
const HEADER_VALUE = /^[!-~]([ -~]*[!-~])?$/;

export const EMPTY: EndpointForm = {
  url: "",
  description: "",
  everything: true,
  patterns: [],
  headers: [],
  rateLimit: "",
  ordered: false,
  gaps: "",
  once: false,
};

/** An endpoint as its form begins. */
export function formOf(endpoint: Endpoint): EndpointForm {
  const everything = endpoint.event_types.includes("*");
  return {
    url: endpoint.url ?? "",
    description: endpoint.description,
    everything,
    patterns: everything ? [] : (endpoint.event_types as EventPattern[]),
    headers: Object.entries(endpoint.headers).map(([name, value]) => ({ key: name, name, value })),
    rateLimit: endpoint.rate_limit_per_s === null ? "" : String(endpoint.rate_limit_per_s),
    ordered: endpoint.ordering === "object",
    gaps: writeGaps(endpoint.retry_gaps_s),
    once: endpoint.retry_gaps_s?.length === 0,
  };
}

export type Problems = Partial<Record<"url" | "patterns" | "headers" | "rateLimit" | "gaps", string>>;

/** What has to be mended before it can be sent; the gateway checks more. */
export function problemsOf(form: EndpointForm): Problems {
  const gaps = form.once ? null : readGaps(form.gaps);
  return {
    ...problem("url", urlProblem(form.url)),
    ...problem("patterns", form.everything || form.patterns.length > 0 ? null : "Choose at least one."),
    ...problem("headers", headersProblem(form.headers)),
    ...problem("rateLimit", rateProblem(form.rateLimit)),
    ...problem("gaps", gaps !== null && "problem" in gaps ? gaps.problem : null),
  };
}

function problem(field: keyof Problems, text: string | null): Problems {
  return text === null ? {} : { [field]: text };
}

/** What is wrong with a URL that webhooks are to go to; null for a good one. */
export function urlProblem(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === "") {
    return "Where are events to go? A URL that begins with https:// or http://.";
  }
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return "This is no URL that begins with https:// or http://.";
  }
  if (url.username !== "" || url.password !== "") {
    return "Leave user and password out; send them as a header.";
  }
  return trimmed.length > URL_MAX_CHARS ? `At most ${URL_MAX_CHARS} characters.` : null;
}

function headersProblem(rows: readonly HeaderRow[]): string | null {
  const filled = rows.filter(({ name, value }) => name.trim() !== "" || value !== "");
  const names = filled.map(({ name }) => name.trim().toLowerCase());
  const badName = filled.find(({ name }) => !HEADER_NAME.test(name.trim()));
  if (badName !== undefined) {
    return `"${badName.name}" is no name of a header: letters, digits and - . _ without spaces.`;
  }
  const badValue = filled.find(({ value }) => !HEADER_VALUE.test(value));
  if (badValue !== undefined) {
    return `${badValue.name} needs a value of printable ASCII characters, with no space at either end.`;
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? null : `${twice} is there twice.`;
}

function rateProblem(text: string): string | null {
  if (text.trim() === "") {
    return null;
  }
  const rate = Number(text);
  return Number.isInteger(rate) && rate >= 1 && rate <= RATE_MAX
    ? null
    : `A whole number from 1 to ${RATE_MAX}.`;
}

function headersOf(form: EndpointForm): Record<string, string> {
  const filled = form.headers.filter(({ name }) => name.trim() !== "");
  return Object.fromEntries(filled.map(({ name, value }) => [name.trim(), value]));
}

function gapsOf(form: EndpointForm): number[] | null {
  if (form.once) {
    return [];
  }
  const gaps = readGaps(form.gaps);
  return gaps === null || "problem" in gaps ? null : [...gaps];
}

/** The request that makes an endpoint; the form has no problems. */
export function creation(form: EndpointForm): Schema<"CreateWebhookEndpoint"> {
  return {
    url: form.url.trim(),
    description: form.description.trim(),
    event_types: form.everything ? ["*"] : tidied(form.patterns),
    headers: headersOf(form),
    rate_limit_per_s: form.rateLimit.trim() === "" ? null : Number(form.rateLimit),
    ordering: form.ordered ? "object" : "none",
    retry_gaps_s: gapsOf(form),
  };
}

/** The request that changes what is otherwise than before, and nothing else. */
export function changes(before: Endpoint, form: EndpointForm): Schema<"UpdateWebhookEndpoint"> {
  const after = creation(form);
  const was = { ...before, event_types: tidied(before.event_types as EventPattern[]) };
  const { headers: _headers, ...rest } = after;
  const fields = Object.entries(rest).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name as keyof Endpoint]),
  );
  const headers = headerChanges(before.headers, after.headers ?? {});
  return { ...Object.fromEntries(fields), ...(headers !== null && { headers }) };
}

/** Headers that are new or have another value, and null for what is gone; null when all stay. */
function headerChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string | null> | null {
  const set = Object.entries(after).filter(([name, value]) => before[name] !== value);
  const gone = Object.keys(before).filter((name) => !(name in after));
  return set.length + gone.length === 0
    ? null
    : { ...Object.fromEntries(gone.map((name) => [name, null])), ...Object.fromEntries(set) };
}
