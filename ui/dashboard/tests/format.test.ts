import { describe, expect, it } from "vitest";
import { dayOf, endOfDay, startOfDay } from "../src/dates.ts";
import { ago, count, decimal, duration, LOCALES, minorOf, money, percent, time } from "../src/format.ts";
import { firstLocale } from "../src/locale.tsx";

describe("amounts", () => {
  it("are cut from integers, never divided", () => {
    expect(decimal(49900, "INR")).toBe("499.00");
    expect(decimal(5, "INR")).toBe("0.05");
    expect(decimal(-5, "INR")).toBe("-0.05");
    expect(decimal(500, "JPY")).toBe("500");
    expect(decimal(1234, "KWD")).toBe("1.234");
  });

  it("are exact where a float would not be", () => {
    expect(money(900719925474099, "INR", "en-IN")).toBe("₹90,07,19,92,54,740.99");
  });

  it("keep their decimal places and western digits in every language", () => {
    for (const { tag } of LOCALES) {
      expect(money(123456, "INR", tag)).toMatch(/1[,.\s\u202f\u00a0]?234[,.]56/);
      expect(money(500, "JPY", tag)).toMatch(/500/);
    }
  });

  it("are read from what somebody typed, or refused", () => {
    expect(minorOf("499", "INR")).toBe(49900);
    expect(minorOf(" 499.5 ", "INR")).toBe(49950);
    expect(minorOf("0.07", "INR")).toBe(7);
    expect(minorOf("500", "JPY")).toBe(500);
    for (const [text, currency] of [
      ["1.005", "INR"],
      ["500.1", "JPY"],
      ["1,000", "INR"],
      ["-1", "INR"],
      ["1e3", "INR"],
      ["", "INR"],
    ] as const) {
      expect(minorOf(text, currency)).toBeNull();
    }
  });
});

describe("numbers and times", () => {
  it("are in the reader's language", () => {
    expect(count(1234567, "de-DE")).toBe("1.234.567");
    expect(percent(0.9876, "en-US")).toBe("98.8%");
    expect(duration(85, "en-US")).toBe("85 ms");
    expect(duration(1234, "en-US")).toBe("1.2 sec");
    expect(time("2026-11-26T10:00:00Z", "en-US", "date")).toMatch(/Nov 2\d, 2026/);
  });

  it("say how long ago something was, in the unit that fits", () => {
    const now = new Date("2026-11-26T12:00:00Z");
    expect(ago("2026-11-26T11:59:30Z", now, "en-US")).toBe("30 sec. ago");
    expect(ago("2026-11-26T11:00:00Z", now, "en-US")).toBe("1 hr. ago");
    expect(ago("2026-11-28T12:00:00Z", now, "en-US")).toBe("in 2 days");
    expect(ago("2024-11-26T12:00:00Z", now, "en-US")).toBe("2 yr. ago");
  });

  it("make instants of days, the last day included", () => {
    const start = startOfDay("2026-11-26");
    const end = endOfDay("2026-11-26");
    expect(new Date(start ?? "").getHours()).toBe(0);
    expect(new Date(end ?? "").getTime()).toBeGreaterThan(new Date(start ?? "").getTime() + 22 * 3600_000);
    expect(dayOf(new Date(start ?? ""))).toBe("2026-11-26");
    expect(startOfDay("yesterday")).toBeUndefined();
    expect(endOfDay("2026-13-45")).toBeUndefined();
  });
});

describe("the first language", () => {
  it("is the chosen one, else the nearest to the browser's", () => {
    expect(firstLocale("fr-FR", ["de-DE"])).toBe("fr-FR");
    expect(firstLocale("xx", ["de-AT", "en"])).toBe("de-DE");
    expect(firstLocale(null, ["ja", "en-GB"])).toBe("en-GB");
    expect(firstLocale(null, ["en"])).toBe("en-US");
    expect(firstLocale(null, ["ja"])).toBe("en-US");
  });
});
