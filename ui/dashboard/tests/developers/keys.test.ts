import { describe, expect, it } from "vitest";
import {
  areaName,
  areasOf,
  keyProblems,
  NEW_KEY,
  newKey,
  rollText,
  scopesText,
  stateOf,
} from "../../src/features/developers/keyTerms.ts";
import known from "../../src/features/developers/testCards.gen.json";

const NOW = new Date("2026-11-26T10:00:00Z");

describe("a key", () => {
  it.each([
    ["active", null, "active"],
    ["active", "2026-12-26T10:00:00Z", "active"],
    ["active", "2026-11-27T10:00:00Z", "expiring"],
    ["active", "2026-11-26T09:59:59Z", "expired"],
    ["revoked", "2026-11-27T10:00:00Z", "revoked"],
  ] as const)("that is %s and ends at %s is shown as %s", (status, expires_at, shown) => {
    expect(stateOf({ status, expires_at }, NOW)).toBe(shown);
  });

  it("says in a few words what it may do", () => {
    expect(scopesText(["*"])).toBe("All");
    expect(scopesText(["payments:read", "payments:write", "refunds:read"])).toBe("payments, refunds (read)");
    expect(scopesText(["a:read", "b:read", "c:read", "d:read"])).toBe("4 areas (read)");
    expect(scopesText(["a:read", "b:write", "c:read", "d:read"])).toBe("4 areas");
  });

  it("has areas with names for people", () => {
    expect(areasOf(["api_keys:read", "api_keys:write", "system:read"])).toEqual([
      { name: "api_keys", reads: true, writes: true },
      { name: "system", reads: true, writes: false },
    ]);
    expect([areaName("api_keys"), areaName("payments")]).toEqual(["API keys", "Payments"]);
  });

  it("that is rolled works on for as long as it says", () => {
    expect(rollText(0, "secret")).toContain("ends at once");
    expect(rollText(3600, "secret")).toContain("for an hour");
    expect(rollText(86_400, "publishable")).toBe(
      "There is a new key, on the same terms. The present one works on for a day, so that you can change over.",
    );
  });
});

describe("a new key", () => {
  it("needs a name, and scopes when it may not do everything", () => {
    expect(keyProblems(NEW_KEY)).toHaveProperty("name");
    expect(keyProblems({ ...NEW_KEY, name: "Shop" })).toEqual({});
    expect(keyProblems({ ...NEW_KEY, name: "Shop", everything: false })).toHaveProperty("scopes");
    expect(keyProblems({ ...NEW_KEY, name: "Shop", rateLimit: "1.5" })).toHaveProperty("rateLimit");
  });

  it("of who may not do everything is given what they have themselves", () => {
    expect(newKey({ ...NEW_KEY, name: " Shop ", days: "7" }, ["payments:read"], NOW)).toEqual({
      name: "Shop",
      kind: "secret",
      scopes: ["payments:read"],
      expires_at: "2026-12-03T10:00:00.000Z",
      rate_limit_per_s: null,
    });
    expect(newKey({ ...NEW_KEY, name: "Shop" }, null, NOW).scopes).toBeNull();
  });

  it("that is publishable has no scopes", () => {
    const form = {
      ...NEW_KEY,
      name: "Page",
      kind: "publishable",
      everything: false,
      scopes: ["a:read"],
    } as const;
    expect(newKey(form, ["payments:read"], NOW).scopes).toBeNull();
  });
});

describe("the test cards", () => {
  it("are each in a group that the page shows", () => {
    const groups = new Set(known.cards.map(({ group }) => group));
    expect(groups).toEqual(new Set(["success", "decline", "challenge", "later"]));
    expect(known.cards.every(({ number, shown }) => shown.replaceAll(" ", "") === number)).toBe(true);
  });
});
