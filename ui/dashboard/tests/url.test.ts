import { describe, expect, it } from "vitest";
import { returnPath } from "../src/app/login.tsx";
import { nextSort, shownColumns, sortOf, toggled } from "../src/components/columns.ts";
import { placed, waysFrom } from "../src/components/paging.ts";
import { oneOf, parse, patched, stringify } from "../src/url.ts";

describe("the address", () => {
  it("is plain text, there and back", () => {
    expect(parse("?status=failed&sort=-created_at&q=a%20b")).toEqual({
      status: "failed",
      sort: "-created_at",
      q: "a b",
    });
    expect(stringify({ status: "failed", empty: "", none: null, offset: 0, on: false })).toBe(
      "?status=failed&offset=0&on=false",
    );
    expect(stringify({})).toBe("");
  });

  it("begins a list anew when a filter changes, and not when one goes on in it", () => {
    const search = { status: "failed", after: "pay_1" };
    expect(patched(search, { method: "upi" })).toEqual({ status: "failed", method: "upi" });
    expect(patched(search, { after: "pay_2" })).toEqual({ status: "failed", after: "pay_2" });
    expect(patched(search, { after: null, before: "pay_0" })).toEqual({ status: "failed", before: "pay_0" });
    expect(patched(search, { status: null })).toEqual({});
  });

  it("may hold what nobody offered: it is left out", () => {
    expect(oneOf("failed", ["failed", "success"])).toBe("failed");
    expect(oneOf("' or 1=1", ["failed", "success"])).toBeUndefined();
  });

  it("leads back to the dashboard alone after signing in", () => {
    expect(returnPath("/dashboard/payments?status=failed")).toBe("/dashboard/payments?status=failed");
    for (const evil of [
      "https://evil.example",
      "//evil.example",
      "/dashboardx",
      "javascript:alert(1)",
      undefined,
    ]) {
      expect(returnPath(evil)).toBe("/dashboard");
    }
  });
});

describe("the pages of a list", () => {
  const list = (ids: string[], has_more: boolean, next_cursor: string | null = null) => ({
    data: ids.map((id) => ({ id })),
    has_more,
    next_cursor,
  });

  it("go on after the last row, and back before the first", () => {
    expect(waysFrom(list(["c", "b"], true), {})).toEqual({ previous: undefined, next: { after: "b" } });
    expect(waysFrom(list(["a"], false), { after: "b" })).toEqual({
      previous: { before: "a" },
      next: undefined,
    });
  });

  it("go on at the cursor where a filter left a page half empty", () => {
    expect(waysFrom(list([], true, "q"), {})).toEqual({ previous: undefined, next: { after: "q" } });
  });

  it("lead to the beginning from a page that is empty", () => {
    expect(waysFrom(list([], false), { after: "b" })).toEqual({ previous: {}, next: undefined });
  });

  it("know the way that one came back", () => {
    expect(waysFrom(list(["c", "b"], true), { before: "a" })).toEqual({
      previous: { before: "c" },
      next: { after: "b" },
    });
    expect(waysFrom(list(["c", "b"], false), { before: "a" }).previous).toBeUndefined();
  });

  it("are asked for by the API's names", () => {
    expect(placed({ after: "b" })).toEqual({ starting_after: "b" });
    expect(placed({ before: "b" })).toEqual({ ending_before: "b" });
    expect(placed({})).toEqual({});
  });
});

describe("a table's columns", () => {
  const cell = () => null;
  const columns = [
    { id: "id", title: "Id", cell, fixed: true },
    { id: "amount", title: "Amount", cell },
    { id: "at", title: "Created", cell, sort: "created_at" },
    { id: "fee", title: "Fee", cell, hidden: true },
  ];

  it("are those that were chosen, and those that are always there", () => {
    expect([...shownColumns(columns, undefined)]).toEqual(["id", "amount", "at"]);
    expect([...shownColumns(columns, "fee,nothing")]).toEqual(["id", "fee"]);
  });

  it("are in the address only when they are not those that one begins with", () => {
    const shown = shownColumns(columns, undefined);
    expect(toggled(columns, shown, "fee")).toBe("id,amount,at,fee");
    expect(toggled(columns, shown, "at")).toBe("id,amount");
    expect(toggled(columns, new Set(["id", "amount"]), "at")).toBeNull();
  });

  it("sort by what a column offers, and by nothing else", () => {
    expect(sortOf("created_at", columns, "-created_at")).toBe("created_at");
    expect(sortOf("-password", columns, "-created_at")).toBe("-created_at");
    expect(sortOf(undefined, columns, "-created_at")).toBe("-created_at");
    expect(nextSort("-created_at", "created_at")).toBe("created_at");
    expect(nextSort("created_at", "created_at")).toBe("-created_at");
  });
});
