/** Amounts that people type, exact to the last unit or refused. */

import { describe, expect, it } from "vitest";
import { readAmount, writeAmount } from "../src/amount.ts";

describe("an amount is read as its writer means it", () => {
  it.each([
    ["12.34", "INR", "en", 1234],
    ["1,234.5", "USD", "en", 123450],
    ["1,23,456.00", "INR", "en", 12345600],
    ["1.234,56", "EUR", "de", 123456],
    ["1.234", "EUR", "de", 123400],
    ["1 234,56", "EUR", "fr", 123456],
    ["1\u202f234,56", "EUR", "fr", 123456],
    ["१२.३४", "INR", "hi", 1234],
    ["٤٥", "INR", "ar", 4500],
    ["  7 ", "INR", "en", 700],
    [".5", "INR", "en", 50],
    ["5.", "INR", "en", 500],
    ["0.29", "INR", "en", 29],
    ["1.005", "KWD", "en", 1005],
    ["500", "JPY", "en", 500],
    ["0", "INR", "en", 0],
    ["10000000000", "INR", "en", 1_000_000_000_000],
    ["0000000000000000000012", "INR", "en", 1200],
  ])("%s %s in %s is %i", (text, currency, locale, minor) => {
    expect(readAmount(text, currency, locale)).toEqual({ kind: "amount", minor });
  });
});

describe("what is no amount is refused, not guessed", () => {
  it.each([
    ["12,34", "INR", "en"],
    ["12.50", "EUR", "de"],
    ["1.234.5", "INR", "en"],
    ["-5", "INR", "en"],
    ["1e3", "INR", "en"],
    ["₹5", "INR", "en"],
    ["5 6", "INR", "en"],
    [".", "INR", "en"],
    ["1.005", "INR", "en"],
    ["1.5", "JPY", "en"],
    ["10000000000.01", "INR", "en"],
    ["99999999999999999999", "INR", "en"],
  ])("%s %s in %s", (text, currency, locale) => {
    expect(readAmount(text, currency, locale).kind).toBe("wrong");
  });

  it("nothing is nothing", () => {
    expect(readAmount("  ", "INR", "en")).toEqual({ kind: "empty" });
  });
});

it("what is written is read back, in each locale", () => {
  for (const locale of ["en", "de", "fr", "es", "hi", "ar"]) {
    for (const [minor, currency] of [
      [1, "INR"],
      [123456, "EUR"],
      [7, "JPY"],
      [1001, "KWD"],
    ] as const) {
      expect(readAmount(writeAmount(minor, currency, locale), currency, locale)).toEqual({
        kind: "amount",
        minor,
      });
    }
  }
});
