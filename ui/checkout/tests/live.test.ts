/** News by stream, and by asking while the stream is silent. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { News } from "../src/api.ts";
import { PACE, type Stream, watch } from "../src/live.ts";
import { told } from "./given.ts";

class FakeStream implements Stream {
  onerror: ((event: unknown) => unknown) | null = null;
  readyState = 1;
  #hear: (event: { data: unknown }) => void = () => undefined;

  addEventListener(_: "order", hear: (event: { data: unknown }) => void): void {
    this.#hear = hear;
  }
  close(): void {
    this.readyState = 2;
  }
  say(value: unknown): void {
    this.#hear({ data: typeof value === "string" ? value : JSON.stringify(value) });
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.({});
  }
}

/** A watch on streams that a test speaks through. */
function watching() {
  const streams: FakeStream[] = [];
  const heard: News[] = [];
  const polled: News = { kind: "told", told: told({ id: "pay_polled" }) };
  const poll = vi.fn(() => Promise.resolve(polled));
  const stop = watch(
    {
      open: () => {
        const stream = new FakeStream();
        streams.push(stream);
        return stream;
      },
      poll,
      setTimeout: (run, ms) => Number(setTimeout(run, ms)),
      clearTimeout: (timer) => clearTimeout(timer),
    },
    (news) => heard.push(news),
  );
  return { streams, heard, poll, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("a stream that speaks is listened to, and only checked now and then", async () => {
  const { streams, heard, poll, stop } = watching();
  streams[0]?.say(told({ id: "pay_1" }));
  expect(heard).toEqual([{ kind: "told", told: told({ id: "pay_1" }) }]);
  await vi.advanceTimersByTimeAsync(PACE.check - 1);
  expect(poll).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(poll).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(PACE.check - 1);
  expect(poll).toHaveBeenCalledTimes(1);
  stop();
});

it("a stream that is silent from the start is made up for by asking, ever more slowly", async () => {
  const { poll, stop } = watching();
  await vi.advanceTimersByTimeAsync(PACE.silence);
  expect(poll).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(PACE.polls[0] + PACE.polls[1]);
  expect(poll).toHaveBeenCalledTimes(3);
  stop();
});

it("a stream that breaks is asked for at once, and not once for each time it breaks again", async () => {
  const { streams, poll, stop } = watching();
  streams[0]?.say(told());
  streams[0]?.fail(0);
  await vi.advanceTimersByTimeAsync(0);
  streams[0]?.fail(0);
  streams[0]?.fail(0);
  await vi.advanceTimersByTimeAsync(PACE.polls[0] - 1);
  expect(poll).toHaveBeenCalledTimes(1);
  stop();
});

it("a stream that was refused is made up for by asking at once, and is opened again after a while", async () => {
  const { streams, poll, stop } = watching();
  streams[0]?.fail(2);
  await vi.advanceTimersByTimeAsync(PACE.polls[0]);
  expect(poll).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(PACE.reopen - PACE.polls[0]);
  expect(streams).toHaveLength(2);
  stop();
});

it("what is no order is not passed on", () => {
  const { streams, heard, stop } = watching();
  for (const wrong of ["", "{", "[]", '{"order":{}}', { order: { id: "o" }, payments: [{ id: 1 }] }]) {
    streams[0]?.say(wrong);
  }
  expect(heard).toEqual([]);
  stop();
});

it("after the end nothing is open, asked or told", async () => {
  const { streams, heard, poll, stop } = watching();
  stop();
  streams[0]?.say(told());
  streams[0]?.fail(2);
  await vi.advanceTimersByTimeAsync(10 * PACE.check);
  expect(streams[0]?.readyState).toBe(2);
  expect([heard, poll.mock.calls, streams.length]).toEqual([[], [], 1]);
});
