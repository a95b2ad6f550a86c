import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Folder } from "../src/api/folder.ts";
import { concerns, EVENT_TYPES, Line, type LiveEvent, type Source, whileSeen } from "../src/api/live.ts";

const REFERENCE = join(import.meta.dirname, "../../../contracts/generated/openapi.json");

class FakeSource extends EventTarget {
  readyState = 0;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
  }

  close() {
    this.readyState = 2;
  }

  opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  breaks(readyState: 0 | 2) {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }

  tells(position: string, type = "payment.success") {
    const data = JSON.stringify({ id: `evt_${position}`, type });
    this.dispatchEvent(new MessageEvent(type, { data, lastEventId: position }));
  }
}

function given() {
  const sources: FakeSource[] = [];
  const said: string[] = [];
  const line = new Line(
    {
      state: (state) => said.push(state),
      event: ({ id }) => said.push(id),
      gap: () => said.push("gap"),
    },
    (url) => {
      const source = new FakeSource(url);
      sources.push(source);
      return source as unknown as Source;
    },
  );
  const newest = (): FakeSource => {
    const source = sources.at(-1);
    if (source === undefined) {
      throw new Error("No line was opened.");
    }
    return source;
  };
  return { line, said, sources, newest };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the line", () => {
  it("says where it stands, and that what was read before it may lack something", () => {
    const { line, said, newest } = given();
    line.start();
    newest().opens();
    newest().tells("7");
    expect(said).toEqual(["reconnecting", "live", "gap", "evt_7"]);
    expect(newest().url).toBe("/api/v1/stream");
  });

  it("goes on after the last event when it was refused for a while, without a gap and without a double", () => {
    const { line, said, sources, newest } = given();
    line.start();
    newest().opens();
    newest().tells("9");
    newest().breaks(2);
    vi.advanceTimersByTime(999);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(newest().url).toBe("/api/v1/stream?after=9");
    newest().opens();
    newest().tells("9");
    newest().tells("10");
    expect(said).toEqual([
      "reconnecting",
      "live",
      "gap",
      "evt_9",
      "reconnecting",
      "reconnecting",
      "live",
      "evt_10",
    ]);
  });

  it("leaves a cut line to the browser, which comes back by itself", () => {
    const { line, said, sources, newest } = given();
    line.start();
    newest().opens();
    newest().breaks(0);
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    newest().opens();
    expect(said.slice(-3)).toEqual(["reconnecting", "live", "gap"]);
  });

  it("waits longer each time it is refused, half a minute at most", () => {
    const { line, sources, newest } = given();
    line.start();
    for (const waitS of [1, 2, 4, 8, 16, 30, 30]) {
      newest().breaks(2);
      const before = sources.length;
      vi.advanceTimersByTime(waitS * 1000 - 1);
      expect(sources).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(sources).toHaveLength(before + 1);
    }
  });

  it("ends for good when it is stopped", () => {
    const { line, sources, newest } = given();
    line.start();
    newest().breaks(2);
    line.stop();
    vi.advanceTimersByTime(60_000);
    line.start();
    expect(sources).toHaveLength(1);
  });

  it("is given back while nobody looks, and goes on where it was", () => {
    const { line, said, newest } = given();
    const page = Object.assign(new EventTarget(), { hidden: false });
    const end = whileSeen(line, page as unknown as Document);
    newest().opens();
    newest().tells("3");
    page.hidden = true;
    page.dispatchEvent(new Event("visibilitychange"));
    vi.advanceTimersByTime(29_999);
    expect(said.at(-1)).toBe("evt_3");
    vi.advanceTimersByTime(1);
    expect(said.at(-1)).toBe("off");
    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    expect(newest().url).toBe("/api/v1/stream?after=3");
    end();
  });

  it("listens to every type of event that the API's reference knows", () => {
    const reference = JSON.parse(readFileSync(REFERENCE, "utf-8"));
    const types = reference.paths["/api/v1/stream"].get.parameters.find(
      ({ name }: { name: string }) => name === "types",
    );
    const known = new Set(String(types.schema.pattern).match(/(?:payment|refund)\[\.\][a-z_]+/g));
    expect([...known].map((type) => type.replace("[.]", ".")).toSorted()).toEqual(
      [...EVENT_TYPES].toSorted(),
    );
  });
});

describe("an event", () => {
  const event = {
    object: { type: "refund", id: "rfnd_1" },
    data: { payment: { id: "pay_1", order_id: "order_1" } },
  } as unknown as LiveEvent;
  const read = (path: string, id?: string) => [
    "get",
    path,
    id === undefined ? {} : { params: { path: { id } } },
  ];

  it("concerns lists, and the objects that it names", () => {
    expect(concerns(event, read("/api/v1/payments"))).toBe(true);
    expect(concerns(event, read("/api/v1/payments/{id}", "pay_1"))).toBe(true);
    expect(concerns(event, read("/api/v1/payments/{id}/timeline", "pay_1"))).toBe(true);
    expect(concerns(event, read("/api/v1/orders/{id}", "order_1"))).toBe(true);
    expect(concerns(event, read("/api/v1/payments/{id}", "pay_2"))).toBe(false);
    expect(concerns(event, read("/api/v1/api_keys"))).toBe(false);
    expect(concerns(event, ["session"])).toBe(false);
  });
});

describe("a burst of events", () => {
  it("shows its first at once and the rest together", () => {
    const portions: number[][] = [];
    const folder = new Folder<number>(600, (things) => portions.push([...things]));
    folder.add(1);
    folder.add(2);
    folder.add(3);
    expect(portions).toEqual([[1]]);
    vi.advanceTimersByTime(600);
    expect(portions).toEqual([[1], [2, 3]]);
    vi.advanceTimersByTime(600);
    folder.add(4);
    expect(portions).toEqual([[1], [2, 3], [4]]);
    folder.stop();
  });
});
