/** The home page's figures, plots and rules. */

import { describe, expect, it } from "vitest";
import { attentionOf, type Seen } from "../src/features/home/attention.ts";
import {
  asked,
  type Bucket,
  changed,
  shareBp,
  slotName,
  split,
  successBp,
  sumOf,
} from "../src/features/home/figures.ts";
import { bars, labelled, line, lonely, scaleTo, yOf } from "../src/features/home/plot.ts";

const NOW = new Date("2026-11-26T12:34:56Z");
const BOX = { width: 100, height: 50 };

describe("a plot", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [7, [0, 5, 10]],
    [95, [0, 50, 100]],
    [123456, [0, 50000, 100000, 150000]],
  ])("up to %i has round ticks", (most, ticks) => {
    expect(scaleTo(most).ticks).toEqual(ticks);
  });

  it("puts a figure at its height", () => {
    const scale = scaleTo(100);
    expect([yOf(0, scale, BOX), yOf(50, scale, BOX), yOf(100, scale, BOX)]).toEqual([50, 25, 0]);
  });

  it("has a bar for each figure, and shows the smallest, too", () => {
    const drawn = bars([0, 1, 1_000_000], scaleTo(1_000_000), BOX);
    expect(drawn.map(({ height }) => height)).toEqual([0, 1, 50]);
    expect(drawn.every(({ x, width }) => x >= 0 && x + width <= 100)).toBe(true);
  });

  it("breaks its line where there is nothing, and dots what stands alone", () => {
    const rates = [10, null, 20, 30];
    expect(line(rates, scaleTo(50), { width: 40, height: 50 })).toBe("M5 41.67M25 33.33L35 25");
    expect(lonely(rates)).toEqual([0]);
  });

  it("labels the last slot always, and as many as fit", () => {
    expect(labelled(24, 6)).toEqual([3, 7, 11, 15, 19, 23]);
    expect(labelled(3, 6)).toEqual([0, 1, 2]);
    expect(labelled(0, 6)).toEqual([]);
  });
});

describe("figures", () => {
  const bucket = (at: string, succeeded: number, failed: number): Bucket => ({
    at,
    payments: succeeded + failed,
    succeeded,
    failed,
    amount_succeeded: 100 * succeeded,
    refunds: 0,
    amount_refunded: 0,
  });

  it("are asked for twice the period, up to the end of the hour or the day that runs", () => {
    expect(asked("24h", NOW)).toEqual({
      from: "2026-11-24T13:00:00.000Z",
      to: "2026-11-26T13:00:00.000Z",
      interval: "hour",
    });
    expect(asked("7d", NOW)).toEqual({
      from: "2026-11-13T00:00:00.000Z",
      to: "2026-11-27T00:00:00.000Z",
      interval: "day",
    });
  });

  it("are summed for the period and for the one before it", () => {
    const { before, now } = split([
      bucket("1", 1, 1),
      bucket("2", 0, 0),
      bucket("3", 2, 1),
      bucket("4", 1, 0),
    ]);
    expect(sumOf(before)).toMatchObject({ payments: 2, amount_succeeded: 100, webhooks_ok: 0 });
    expect(sumOf(now)).toMatchObject({ payments: 4, succeeded: 3, failed: 1, amount_succeeded: 300 });
    expect(successBp(sumOf(now))).toBe(7500);
  });

  it("are shares of something, or none", () => {
    expect(shareBp(95, 100)).toBe(9500);
    expect(shareBp(0, 0)).toBeNull();
    expect(changed(150, 100, "en-US")).toBe("+50%");
    expect(changed(50, 100, "en-US")).toBe("-50%");
    expect(changed(1, 0, "en-US")).toBeNull();
  });

  it("of a day have the day of UTC, whatever the reader's zone", () => {
    expect(slotName("2026-11-26T00:00:00Z", "day", "en-US")).toBe("Nov 26");
  });
});

describe("what needs attention", () => {
  const authorised = (capture_before: string) => ({ status: "success", captured: false, capture_before });
  const calm: Seen = {
    uncaptured: [authorised("2026-12-03T12:00:00Z")],
    hasMoreUncaptured: false,
    failedWebhooks: { total: 0 },
    failedRefunds: { total: 0 },
    disputes: { total: 0 },
    endpoints: [
      { id: "we_1", url: "https://a.test", enabled: true, disabled_reason: null, failing_since: null },
      { id: "we_2", url: null, enabled: false, disabled_reason: null, failing_since: null },
    ],
  };
  const titles = (seen: Partial<Seen>) =>
    attentionOf({ ...calm, ...seen }, "2026-11-19", NOW).map(({ title }) => title);

  it("is nothing where all is well", () => {
    expect(titles({})).toEqual([]);
  });

  it("is told with the most urgent first, and leads to the list of exactly these", () => {
    const items = attentionOf(
      {
        ...calm,
        failedWebhooks: { total: 1000, total_capped: true },
        failedRefunds: { total: 1 },
        disputes: { total: 2 },
      },
      "2026-11-19",
      NOW,
    );
    expect(items.map(({ title }) => title)).toEqual([
      "2 disputed payments",
      "1 failed refund",
      "1000+ failed webhooks",
    ]);
    expect(items[1]).toMatchObject({
      to: "/dashboard/refunds",
      search: { status: "failed", from: "2026-11-19" },
    });
  });

  it("is an authorisation whose time runs out", () => {
    const soon = authorised("2026-11-28T12:00:00Z");
    expect(titles({ uncaptured: [soon] })).toEqual(["1 payment to capture within two days"]);
    expect(titles({ uncaptured: [soon, soon], hasMoreUncaptured: true })).toEqual([
      "2+ payments to capture within two days",
    ]);
  });

  it("is an endpoint that the gateway disabled, or that fails: not one that its owner switched off", () => {
    const [good, off] = calm.endpoints;
    if (!good || !off) {
      throw new Error("two endpoints");
    }
    expect(titles({ endpoints: [{ ...good, failing_since: "2026-11-26T12:00:00Z" }] })).toEqual([
      "Endpoint https://a.test is failing",
    ]);
    expect(titles({ endpoints: [{ ...good, enabled: false, disabled_reason: "gone" }, off] })).toEqual([
      "Endpoint https://a.test is disabled",
    ]);
  });
});
