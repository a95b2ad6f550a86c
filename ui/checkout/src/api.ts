/**
 * Requests to the gateway: each with a timeout, and an attempt to pay that keeps its Idempotency-Key until its outcome
 * is known. Card numbers pass through here and stay nowhere: no log, no error text, no address holds a body.
 */

import { type Payment, type Problem, readPayment, readProblem, readTold, type Told } from "./gateway.ts";
import type { Trouble } from "./machine.ts";

/** What pays: the body of the request, without the order. */
export type Instrument =
  | { readonly method: "upi"; readonly vpa: string }
  | { readonly method: "card"; readonly card: Card };

export interface Card {
  readonly number: string;
  readonly expiry_month: number;
  readonly expiry_year: number;
  readonly cvv: string;
  readonly holder_name?: string;
}

export type Outcome =
  | { readonly kind: "created"; readonly payment: Payment }
  | { readonly kind: "refused"; readonly problem: Problem }
  | { readonly kind: "stalled" };

export type News =
  | { readonly kind: "told"; readonly told: Told }
  | { readonly kind: "problem"; readonly problem: Problem | null };

/** What a browser gives and a test replaces. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  /** A limit: ends early, without fault, when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Between two tries: ends early when the network is back. */
  readonly pause: (ms: number) => Promise<void>;
  readonly newKey: () => string;
  /** In ms, of a clock that only goes on. */
  readonly now: () => number;
}

/** In ms. `post`, `get`: until a request is given up; `slow`: until the buyer is told; `retries`: between tries; `tries`:
 * no further one after this, so that a buyer whose requests vanish is not kept for minutes. */
export const LIMITS = {
  post: 20_000,
  get: 8_000,
  slow: 5_000,
  retries: [800, 1_600, 3_200, 6_400, 12_800],
  tries: 40_000,
} as const;

/** The gateway's buyers' routes for one order. */
export class Gateway {
  readonly #base: string;
  readonly #orderId: string;
  readonly #key: string | null;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #around: Surroundings;

  constructor(apiUrl: string, orderId: string, key: string | null, around: Surroundings = browser) {
    this.#orderId = orderId;
    this.#key = key;
    this.#around = around;
    this.#base = `${apiUrl.replace(/\/+$/, "")}/api/v1`;
    this.#headers = key === null ? {} : { "X-Api-Key": key };
  }

  /** Where the order's news are streamed. EventSource sends no header: the (public) key goes in the address. */
  get streamUrl(): string {
    const query = this.#key === null ? "" : `?key=${encodeURIComponent(this.#key)}`;
    return `${this.#base}/orders/${encodeURIComponent(this.#orderId)}/public/stream${query}`;
  }

  /** The order and its newest payments; `problem` null: no answer. */
  async news(): Promise<News> {
    const path = `/orders/${encodeURIComponent(this.#orderId)}/public/payments`;
    const answer = await this.#ask(path, { headers: this.#headers }, LIMITS.get);
    if (answer === null) {
      return { kind: "problem", problem: null };
    }
    const told = answer.status === 200 ? readTold(answer.body) : null;
    if (told !== null) {
      return { kind: "told", told };
    }
    return {
      kind: "problem",
      problem: readProblem(answer.status, answer.body),
    };
  }

  /** A new attempt to pay the order, not yet sent. */
  attempt(instrument: Instrument): Attempt {
    const body = JSON.stringify({ order_id: this.#orderId, ...instrument });
    const headers = {
      ...this.#headers,
      "Content-Type": "application/json",
      "Idempotency-Key": this.#around.newKey(),
    };
    const send = () => this.#ask("/payments/public", { method: "POST", body, headers }, LIMITS.post);
    return new Attempt(send, this.#around);
  }

  /**
   * Tell the bank that the buyer gave its verification up: the payment fails now, and not when the challenge's time is
   * over. Nobody waits for that, and the page may be gone before the answer. Where it is not heard, the time ends it.
   */
  giveUp(challengeUrl: string): void {
    const told = this.#around.fetch(`${challengeUrl}/fail`, {
      method: "POST",
      mode: "no-cors",
      keepalive: true,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    void told.catch(() => undefined);
  }

  /** The answer, or null when there was none in time. */
  async #ask(path: string, init: RequestInit, timeoutMs: number): Promise<Answer | null> {
    const given = new AbortController();
    const late = new AbortController();
    // One timeout for the whole answer, its body too.
    void this.#around.wait(timeoutMs, late.signal).then(() => given.abort());
    try {
      const response = await this.#around.fetch(this.#base + path, {
        ...init,
        signal: given.signal,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      const body: unknown = await response.json().catch(() => null);
      return {
        status: response.status,
        body,
        retryAfterS: Number(response.headers.get("Retry-After") ?? 0),
      };
    } catch {
      return null;
    } finally {
      late.abort();
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterS: number;
}

/** One attempt to pay. It is sent again, always with its key, until the gateway says what became of it. */
export class Attempt {
  readonly #post: () => Promise<Answer | null>;
  readonly #around: Surroundings;

  constructor(post: () => Promise<Answer | null>, around: Surroundings) {
    this.#post = post;
    this.#around = around;
  }

  /** Until the outcome is known, or `stalled`: then `send` may be called again. Tells of trouble on the way. */
  async send(onTrouble: (trouble: Trouble | null) => void): Promise<Outcome> {
    const began = this.#around.now();
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#once(onTrouble);
      const outcome = answer === null ? null : outcomeOf(answer);
      if (outcome !== null) {
        return outcome;
      }
      const pause = LIMITS.retries[tries];
      if (pause === undefined || this.#around.now() - began > LIMITS.tries) {
        return { kind: "stalled" };
      }
      onTrouble("unreachable");
      await this.#around.pause(Math.max(pause, Math.min(answer?.retryAfterS ?? 0, 15) * 1000));
    }
  }

  async #once(onTrouble: (trouble: Trouble | null) => void): Promise<Answer | null> {
    const answered = new AbortController();
    void this.#around
      .wait(LIMITS.slow, answered.signal)
      .then(() => answered.signal.aborted || onTrouble("slow"));
    try {
      return await this.#post();
    } finally {
      answered.abort();
    }
  }
}

/** What an answer settles; null when the outcome is still unknown and the same key has to ask again. */
function outcomeOf({ status, body }: Answer): Outcome | null {
  if (status >= 200 && status < 300) {
    const payment = readPayment(body);
    return payment === null ? null : { kind: "created", payment };
  }
  const isPassing = status >= 500 || status === 408 || status === 409 || status === 429;
  return isPassing ? null : { kind: "refused", problem: readProblem(status, body) };
}

const browser: Surroundings = {
  now: () => performance.now(),
  fetch: (...request) => fetch(...request),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
  pause: (ms) =>
    new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        removeEventListener("online", go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      addEventListener("online", go);
    }),
  newKey,
};

/** 128 random bits; not by `randomUUID`, which a page on plain http (a phone that tries the simulator) has not. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
