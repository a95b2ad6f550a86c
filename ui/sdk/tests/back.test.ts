/** The Back button and the history of the shop's page. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { guardBack } from "../src/back.ts";

/** happy-dom has one entry at a time: what a browser does with the others is done here. */
let entries: unknown[];
let place: number;

const at = (index: number): void => {
  place = index;
  window.dispatchEvent(new PopStateEvent("popstate", { state: entries[place] }));
};

const released: Array<() => void> = [];
const guard = (onBack: () => void): (() => void) => {
  const release = guardBack(onBack);
  released.push(release);
  return release;
};

/** The traversal that `history.back()` asked for; it happens later, as in a browser. */
let asked: number;
const traverse = (): void => {
  while (asked) {
    asked -= 1;
    at(place - 1);
  }
};

beforeEach(() => {
  entries = [{ router: "shop" }];
  place = 0;
  asked = 0;
  vi.spyOn(history, "state", "get").mockImplementation(() => entries[place]);
  vi.spyOn(history, "pushState").mockImplementation((state) => {
    entries = [...entries.slice(0, place + 1), state];
    place += 1;
  });
  vi.spyOn(history, "back").mockImplementation(() => {
    asked += 1;
  });
});

afterEach(() => {
  for (const release of released.splice(0)) {
    release();
  }
  traverse();
  vi.restoreAllMocks();
});

test("Back is asked, and the shop's entry stays where it was", () => {
  const onBack = vi.fn(() => release());
  const release = guard(onBack);
  expect(entries).toEqual([{ router: "shop" }, { router: "shop", paygate: true }]);
  at(0);
  expect(onBack).toHaveBeenCalledTimes(1);
  expect([place, asked]).toEqual([0, 0]);
});

test("who does not let go is asked again, without a loop", () => {
  const onBack = vi.fn();
  guard(onBack);
  at(0);
  expect([entries.length, place]).toEqual([2, 1]);
  at(0);
  expect(onBack).toHaveBeenCalledTimes(2);
  expect([entries.length, place]).toEqual([2, 1]);
});

test("closing by other means takes the entry out again, and asks nobody", () => {
  const onBack = vi.fn();
  guard(onBack)();
  expect(asked).toBe(1);
  traverse();
  expect(place).toBe(0);
  expect(onBack).not.toHaveBeenCalled();
});

test("to open again before the browser went back guards as before", () => {
  guard(vi.fn())();
  const again = vi.fn();
  guard(again);
  traverse();
  expect(again).not.toHaveBeenCalled();
  expect(place).toBe(1);
  at(0);
  expect(again).toHaveBeenCalledTimes(1);
});

test("two share one entry, and the one above is asked", () => {
  const [below, above] = [vi.fn(), vi.fn()];
  guard(below);
  const release = guard(above);
  expect(entries).toHaveLength(2);
  at(0);
  expect(above).toHaveBeenCalledTimes(1);
  release();
  expect(asked).toBe(0);
  at(0);
  expect(below).toHaveBeenCalledTimes(1);
});

test("a shop that went elsewhere keeps its entry", () => {
  const release = guard(vi.fn());
  history.pushState({ router: "thanks" }, "");
  release();
  expect(asked).toBe(0);
  expect(place).toBe(2);
});

test("a page without a history works without a guard", () => {
  vi.mocked(history.pushState).mockImplementation(() => {
    throw new DOMException("sandboxed", "SecurityError");
  });
  expect(() => guard(vi.fn())()).not.toThrow();
  expect(asked).toBe(0);
});
