/** One attempt to deliver, in words, and what differs between two. Pure. */

import type { Schema } from "../../api/client.ts";
import { diffLines, type Line } from "./lines.ts";

export type Attempt = Schema<"Attempt">;

/** How an attempt is called in the address: run and number. */
export function keyOf({ run, attempt }: Attempt): string {
  return `${run}.${attempt}`;
}

/** The attempt of this key, else the last one. */
export function chosen(log: readonly Attempt[], key: string | undefined): Attempt | undefined {
  return log.find((one) => keyOf(one) === key) ?? log.at(-1);
}

/** "Attempt 2", with the run once there were several. */
export function nameOf({ run, attempt }: Attempt): string {
  return run > 1 ? `Run ${run}, attempt ${attempt}` : `Attempt ${attempt}`;
}

export function isGood(attempt: Attempt): boolean {
  return attempt.error_class === null;
}

const TRIGGERS: Record<Attempt["trigger"], string> = {
  auto: "by the schedule",
  manual: "somebody sent it again",
  bulk: "one of many that were sent again",
  sweeper: "overdue, made up for",
};

/** Why it was made. */
export function triggerOf(attempt: Attempt): string {
  return TRIGGERS[attempt.trigger];
}

export type PhaseName = "dns" | "connect" | "tls" | "wait" | "read";

export interface Phase {
  readonly name: PhaseName;
  readonly title: string;
  readonly ms: number;
}

const PHASES: readonly (readonly [PhaseName, string])[] = [
  ["dns", "DNS"],
  ["connect", "Connect"],
  ["tls", "TLS"],
  ["wait", "First byte"],
  ["read", "Body"],
];

/** The phases that it went through, in order. A kept connection has no DNS, connect and TLS of its own. */
export function phasesOf(attempt: Attempt): Phase[] {
  return PHASES.flatMap(([name, title]) => {
    const ms = attempt.phases[name];
    return ms === undefined ? [] : [{ name, title, ms }];
  });
}

export interface Advice {
  /** What happened. */
  readonly what: string;
  /** What the reader can do about it. */
  readonly todo: string;
}

const ADVICE: Record<Exclude<NonNullable<Attempt["error_class"]>, "status">, Advice> = {
  dns: {
    what: "The name of your server was not found.",
    todo: "Check the host in the endpoint's URL. A name that only your own network knows can't be found from here.",
  },
  connect: {
    what: "There was no connection, or it broke off.",
    todo: "Check that the server runs and listens on this port, and that no firewall is between.",
  },
  tls: {
    what: "The encrypted connection was not trusted.",
    todo: "Renew the certificate, let it name this host, and serve the whole chain.",
  },
  timeout: {
    what: "The answer did not come in time.",
    todo: "Answer first and work afterwards: put the event where it is safe, say 200, then act on it.",
  },
  blocked: {
    what: "The gateway does not send there.",
    todo: "The address is private or the gateway's own. Use one that is reachable from outside, or allow its host (WEBHOOK_ALLOWED_HOSTS).",
  },
};

/** What an answer's status means; the first that fits. */
const STATUSES: readonly (readonly [from: number, to: number, Advice])[] = [
  [
    300,
    399,
    {
      what: "Your server answered with a redirect, and redirects are not followed.",
      todo: "Save the URL that it leads to.",
    },
  ],
  [
    401,
    403,
    {
      what: "Your server refused it as not genuine, or not allowed.",
      todo: "Check that it verifies with this endpoint's secret, over the very bytes of the body. If it asks for a password, add it as a header of the endpoint.",
    },
  ],
  [
    404,
    404,
    { what: "Your server has nothing at this path.", todo: "Check the path of the endpoint's URL." },
  ],
  [405, 405, { what: "Your server does not take POST at this path.", todo: "Let the route accept POST." }],
  [
    410,
    410,
    {
      what: "Your server said that nobody listens here any more, so the endpoint was turned off.",
      todo: "Enable the endpoint when your server listens again, then send this again.",
    },
  ],
  [
    413,
    413,
    { what: "The body was too large for your server.", todo: "Raise its limit: bodies have a few kB." },
  ],
  [
    429,
    429,
    {
      what: "It was too much for your server.",
      todo: "Give the endpoint a rate limit. A Retry-After is honoured.",
    },
  ],
  [
    400,
    499,
    {
      what: "Your server refused it.",
      todo: "Read the answer's body below. Answer any 2xx for what you do not need, too.",
    },
  ],
  [
    500,
    599,
    {
      what: "Your server had an error of its own.",
      todo: "Look into its log at this time; the body below may say more.",
    },
  ],
];

const UNKNOWN: Advice = {
  what: "Your server's answer is none that a server gives.",
  todo: "Answer with a status from 200 to 299.",
};

/** What went wrong and what to do; null for a good one. */
export function adviceFor(attempt: Attempt): Advice | null {
  if (attempt.error_class === null) {
    return null;
  }
  if (attempt.error_class !== "status") {
    return ADVICE[attempt.error_class];
  }
  const status = attempt.response_status ?? 0;
  return STATUSES.find(([from, to]) => from <= status && status <= to)?.[2] ?? UNKNOWN;
}

/** The attempt in a word: "200", "No answer in time". */
export function outcomeOf(attempt: Attempt): string {
  const words: Record<NonNullable<Attempt["error_class"]>, string> = {
    dns: "Name not found",
    connect: "No connection",
    tls: "TLS not trusted",
    timeout: "No answer in time",
    blocked: "Not sent",
    status: "",
  };
  return attempt.response_status === null
    ? attempt.error_class === null
      ? "Sent"
      : words[attempt.error_class]
    : String(attempt.response_status);
}

/** The same request from a terminal. Values that the gateway keeps to itself stand masked, to be filled in. */
export function curlOf(attempt: Attempt, body: string): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const headers = Object.entries(attempt.request_headers)
    .filter(([name]) => !["content-length", "host"].includes(name.toLowerCase()))
    .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [`curl -i -X POST ${quoted(attempt.url)}`, ...headers, `--data-raw ${quoted(body)}`].join(" \\\n  ");
}

export interface Change {
  readonly part: "outcome" | "request" | "response";
  readonly name: string;
  /** Null: it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface Difference {
  readonly changes: readonly Change[];
  /** The answer's body, line by line; null when it is the same. */
  readonly body: readonly Line[] | null;
}

/** What is otherwise in `after`. What differs by nature, when it was and how long it took, is left out. */
export function differenceOf(before: Attempt, after: Attempt): Difference {
  const changes = [
    ...changed("outcome", outcomeFields(before), outcomeFields(after)),
    ...changed("request", lowered(before.request_headers), lowered(after.request_headers)),
    ...changed("response", lowered(before.response_headers ?? {}), lowered(after.response_headers ?? {})),
  ];
  const [one, other] = [bodyText(before), bodyText(after)];
  return { changes, body: one === other ? null : diffLines(one, other) };
}

function outcomeFields(attempt: Attempt): Record<string, string> {
  return {
    Outcome: outcomeOf(attempt),
    URL: attempt.url,
    ...(attempt.error !== null && { Error: attempt.error }),
    "Made because": triggerOf(attempt),
  };
}

/** Names of headers mean the same in either case. */
function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function changed(
  part: Change["part"],
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ part, name, before: before[name] ?? null, after: after[name] ?? null }));
}

/** An answer's body as it is shown: JSON is laid out, so that lines can be compared. */
export function bodyText({ response_body }: Attempt): string {
  if (response_body === null) {
    return "";
  }
  try {
    return JSON.stringify(JSON.parse(response_body), null, 2);
  } catch {
    return response_body;
  }
}
