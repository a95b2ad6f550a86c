/** A list's address: what it means to the api, to the export and to the pages around. */

import { describe, expect, it } from "vitest";
import { isFresh } from "../src/features/payments/list.ts";
import { rangeOf } from "../src/lists/period.ts";
import {
  exportHref,
  isFiltered,
  type ListSearch,
  listReaders,
  pageQuery,
  unfiltered,
} from "../src/lists/query.ts";
import { day, flag, idOf, minorUnits, namesOf, readSearch, text, word } from "../src/lists/search.ts";

const NOW = new Date("2026-11-26T12:00:00Z");

interface Search extends ListSearch {
  readonly status?: "success" | "failed";
  readonly captured?: boolean;
  readonly amount_min?: number;
  readonly q?: string;
}

describe("an address is read leniently", () => {
  const readers = {
    status: word(["success", "failed"]),
    captured: flag,
    amount_min: minorUnits,
    q: text,
    from: day,
    columns: namesOf(["id", "amount", "status"]),
    order_id: idOf("order"),
  };

  it("what makes sense is kept", () => {
    const raw = { status: "failed", captured: "false", amount_min: "100", q: " 4242 ", from: "2026-02-28" };
    expect(readSearch(readers, { ...raw, columns: "status,id", order_id: "order_0VxKb3QmZ8aT4RfL" })).toEqual(
      {
        status: "failed",
        captured: false,
        amount_min: 100,
        q: "4242",
        from: "2026-02-28",
        columns: "id,status",
        order_id: "order_0VxKb3QmZ8aT4RfL",
      },
    );
  });

  it("what makes none is left out, and so is what nobody knows", () => {
    const raw = { status: "lost", captured: "perhaps", amount_min: "-1", q: " ", from: "2026-02-30" };
    expect(readSearch(readers, { ...raw, order_id: "pay_1", columns: "size", tracking: "1" })).toEqual({});
    expect(readSearch(readers, { amount_min: "0.5", from: "tomorrow" })).toEqual({});
  });
});

describe("a time", () => {
  it("that moves with the clock is counted from now", () => {
    expect(rangeOf({ period: "24h" }, NOW)).toEqual({ created_from: "2026-11-25T12:00:00.000Z" });
  });

  it("of days begins and ends at the reader's midnights, the last day included", () => {
    const { created_from, created_to } = rangeOf({ from: "2026-11-01", to: "2026-11-30" }, NOW);
    expect(new Date(created_from ?? "").getTime()).toBe(new Date(2026, 10, 1).getTime());
    expect(new Date(created_to ?? "").getTime()).toBe(new Date(2026, 11, 1).getTime());
  });

  it("that is not said is no limit", () => {
    expect(rangeOf({}, NOW)).toEqual({});
  });
});

describe("the api is asked", () => {
  const search: Search = { status: "failed", captured: false, period: "24h", columns: "id", after: "pay_9" };

  it("for what the address says, without what only the page cares about", () => {
    expect(pageQuery(search, NOW)).toEqual({
      limit: 25,
      status: "failed",
      captured: false,
      created_from: "2026-11-25T12:00:00.000Z",
      starting_after: "pay_9",
    });
    expect(pageQuery({ before: "pay_1" }, NOW)).toEqual({ limit: 25, ending_before: "pay_1" });
  });

  it("to export the same rows, all pages of them", () => {
    expect(
      exportHref("/api/v1/payments/export", { ...search, sort: "created_at" }, ["id", "amount"], NOW),
    ).toBe(
      "/api/v1/payments/export?status=failed&captured=false&sort=created_at" +
        "&created_from=2026-11-25T12%3A00%3A00.000Z&columns=id%2Camount",
    );
    expect(exportHref("/api/v1/payments/export", {}, [], NOW)).toBe("/api/v1/payments/export");
  });

  it("by the minute, so that the same question is not a new one each second", () => {
    const later = new Date(NOW.getTime() + 59_000);
    expect(pageQuery(search, later)).toEqual(pageQuery(search, NOW));
  });

  it("and only filters count as such, and can be taken away", () => {
    expect(isFiltered({ sort: "created_at", columns: "id", after: "pay_9" })).toBe(false);
    expect(isFiltered({ from: "2026-01-01" })).toBe(true);
    expect(unfiltered({ ...search, sort: "created_at" })).toEqual({
      status: null,
      captured: null,
      period: null,
      after: null,
    });
  });

  it("for a page, an order and columns that every list has", () => {
    const raw = { after: "pay_9", sort: "amount", columns: "size,id", period: "7d", to: "2026-11-26" };
    expect(readSearch(listReaders(["id", "amount"]), raw)).toEqual({
      after: "pay_9",
      columns: "id",
      period: "7d",
      to: "2026-11-26",
    });
  });
});

it("highlights a payment that came while the list was open, not one that was there or came long ago", () => {
  const openedMs = NOW.getTime();
  const made = "2026-11-26T12:00:05Z";
  expect(isFresh(made, openedMs, openedMs + 6_000)).toBe(true);
  expect(isFresh(made, openedMs, openedMs + 60_000)).toBe(false);
  expect(isFresh("2026-11-26T11:59:59Z", openedMs, openedMs + 100)).toBe(false);
});
