/** The stream of events: what happens shows without a reload, and what happened while the line was cut shows too. */

import type { Schema } from "./client.ts";

/** `off` is without a line; `reconnecting` had one, or hopes for one. */
export type LiveState = "live" | "reconnecting" | "off";

export type LiveEvent = Schema<"Event">;

/** Types of events that the stream tells; a browser has to name what it listens to. */
export const EVENT_TYPES = [
  "payment.created",
  "payment.pending",
  "payment.requires_action",
  "payment.success",
  "payment.failed",
  "payment.captured",
  "payment.canceled",
  "payment.expired",
  "payment.disputed",
  "refund.created",
  "refund.processed",
  "refund.failed",
] as const;

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** How long a page may be out of sight before it gives its line back: a browser has six for each host. */
const HIDDEN_FOR_MS = 30_000;

/** What of EventSource is used. */
export type Source = Pick<EventSource, "addEventListener" | "close" | "readyState">;

export interface Told {
  readonly state: (state: LiveState) => void;
  readonly event: (event: LiveEvent) => void;
  /** The line begins "from now": what was read before may lack something. */
  readonly gap: () => void;
}

/** One line to the gateway, kept up until `stop`. */
export class Line {
  private source: Source | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waitMs = FIRST_WAIT_MS;
  private isStopped = false;
  /** Of the last event that was told; the stream goes on after it. */
  private position: string | null = null;

  private readonly told: Told;
  private readonly open: (url: string) => Source;

  constructor(told: Told, open: (url: string) => Source = (url) => new EventSource(url)) {
    this.told = told;
    this.open = open;
  }

  /** Begin, or go on after `pause`. */
  start(): void {
    clearTimeout(this.timer);
    if (this.source !== null || this.isStopped) {
      return;
    }
    this.told.state("reconnecting");
    const after = this.position;
    const source = this.open(after === null ? "/api/v1/stream" : `/api/v1/stream?after=${after}`);
    this.source = source;
    source.addEventListener("open", () => {
      this.waitMs = FIRST_WAIT_MS;
      this.told.state("live");
      if (this.position === null) {
        this.told.gap();
      }
    });
    source.addEventListener("error", () => this.broken(source));
    for (const type of EVENT_TYPES) {
      source.addEventListener(type, (message) => this.take(message as MessageEvent<string>));
    }
  }

  /** Let the line go for a while; `start` goes on where it was. */
  pause(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.told.state("off");
  }

  /** For good. */
  stop(): void {
    this.isStopped = true;
    this.pause();
  }

  /** The browser comes back by itself from a cut line, with the last id; not from a refusal. */
  private broken(source: Source): void {
    if (source !== this.source) {
      return;
    }
    this.told.state("reconnecting");
    if (source.readyState !== 2 /* EventSource.CLOSED */) {
      return;
    }
    this.source = null;
    this.timer = setTimeout(() => this.start(), this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
  }

  private take(message: MessageEvent<string>): void {
    // A proxy that sends something again must not make it happen twice here.
    if (this.position !== null && !isAfter(message.lastEventId, this.position)) {
      return;
    }
    this.position = message.lastEventId;
    this.told.event(JSON.parse(message.data) as LiveEvent);
  }
}

/** Positions are whole numbers that may outgrow a float. */
function isAfter(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}

/** Give the line back while nobody looks. Returns how to end that. */
export function whileSeen(line: Line, page: Document = document): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (page.hidden) {
      timer = setTimeout(() => line.pause(), HIDDEN_FOR_MS);
    } else {
      line.start();
    }
  };
  page.addEventListener("visibilitychange", look);
  look();
  return () => {
    clearTimeout(timer);
    page.removeEventListener("visibilitychange", look);
  };
}

/** Reads that any event may change, whatever it is about. */
const LISTS = new Set([
  "/api/v1/payments",
  "/api/v1/orders",
  "/api/v1/refunds",
  "/api/v1/events",
  "/api/v1/balance",
  "/api/v1/ledger_entries",
  "/api/v1/stats",
  "/api/v1/webhooks",
  "/api/v1/request_logs",
]);

/** Reads of one object, and of what hangs on it. */
const OBJECT = /^\/api\/v1\/(payments|orders|refunds)\/\{id\}/;

/** Whether what was read under this key may look otherwise after this event. Keys are those of `hooks`. */
export function concerns(event: LiveEvent, key: readonly unknown[]): boolean {
  const [method, path, init] = key;
  if (method !== "get" || typeof path !== "string") {
    return false;
  }
  if (LISTS.has(path)) {
    return true;
  }
  const id = (init as { params?: { path?: { id?: string } } } | undefined)?.params?.path?.id;
  return OBJECT.test(path) && id !== undefined && JSON.stringify(event).includes(`"${id}"`);
}
