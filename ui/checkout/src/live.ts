/** News of the order while they matter: the gateway's stream, and polling for as long as the stream does not speak. */

import type { News } from "./api.ts";
import { readTold } from "./gateway.ts";

/** The part of EventSource that is used. */
export interface Stream {
  onerror: ((event: unknown) => unknown) | null;
  readonly readyState: number;
  addEventListener(type: "order", listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** What a browser gives and a test replaces. */
export interface Source {
  readonly open: () => Stream | null;
  readonly poll: () => Promise<News>;
  readonly setTimeout: (run: () => void, ms: number) => number;
  readonly clearTimeout: (timer: number) => void;
}

/** In ms. `silence`: how long a stream may say nothing at first before the page asks by itself. */
export const PACE = {
  silence: 2_500,
  polls: [500, 1_000, 2_000, 3_000, 5_000],
  check: 15_000,
  reopen: 10_000,
} as const;

const CLOSED = 2;

/** Watches until the returned function is called, which ends both the stream and the polling. */
export function watch(source: Source, onNews: (news: News) => void): () => void {
  let stream: Stream | null = null;
  let polls = 0;
  let isSpeaking = false;
  let isOver = false;
  let timer = 0;
  let reopening = 0;

  const after = (ms: number): void => {
    source.clearTimeout(timer);
    timer = source.setTimeout(() => void ask(), ms);
  };
  const ask = async (): Promise<void> => {
    const news = await source.poll();
    if (isOver) {
      return;
    }
    // A stream can die without a word (a sleeping laptop): now and then the page makes sure.
    after(isSpeaking ? PACE.check : (PACE.polls[Math.min(polls, PACE.polls.length - 1)] ?? PACE.check));
    polls += 1;
    onNews(news);
  };
  const open = (): void => {
    stream = source.open();
    if (stream === null) {
      after(0);
      return;
    }
    stream.addEventListener("order", ({ data }) => {
      const told = parsed(data);
      if (isOver || told === null) {
        return;
      }
      polls = 0;
      isSpeaking = true;
      after(PACE.check);
      onNews({ kind: "told", told });
    });
    stream.onerror = () => {
      if (isOver) {
        return;
      }
      // The browser comes back by itself after a lost connection, not after a refusal (too many streams, say).
      const isRefused = stream?.readyState === CLOSED;
      if (isSpeaking || isRefused) {
        after(0);
      }
      isSpeaking = false;
      if (isRefused) {
        source.clearTimeout(reopening);
        reopening = source.setTimeout(open, PACE.reopen);
      }
    };
    after(PACE.silence);
  };

  open();
  return () => {
    isOver = true;
    source.clearTimeout(timer);
    source.clearTimeout(reopening);
    stream?.close();
  };
}

function parsed(data: unknown): ReturnType<typeof readTold> {
  try {
    return readTold(JSON.parse(String(data)));
  } catch {
    return null;
  }
}
