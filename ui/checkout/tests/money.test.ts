/** Amounts in words of many countries, exact to the last unit. */

import { expect, it } from "vitest";
import { decimal, money } from "../src/money.ts";

it.each([
  [49900, "INR", "499.00"],
  [5, "INR", "0.05"],
  [100, "JPY", "100"],
  [1234567, "KWD", "1234.567"],
  [1, "KWD", "0.001"],
  [1000000000000, "INR", "10000000000.00"],
  [999999999999, "USD", "9999999999.99"],
])("%i minor units of %s are %s", (amount, currency, text) => {
  expect(decimal(amount, currency)).toBe(text);
});

it("an amount is written as its reader writes it", () => {
  const plain = (text: string): string =>
    text.replace(/[\u00a0\u202f]/g, " ").replace(/[\u200e\u200f\u061c]/g, "");
  expect(plain(money(12345600, "INR", "en"))).toBe("₹1,23,456.00");
  expect(plain(money(12345600, "INR", "hi"))).toBe("₹1,23,456.00");
  expect(plain(money(123456, "USD", "en"))).toBe("$1,234.56");
  expect(plain(money(123456, "EUR", "de"))).toBe("1.234,56 €");
  expect(plain(money(123456, "EUR", "fr"))).toBe("1 234,56 €");
  expect(plain(money(123456, "JPY", "en"))).toBe("¥123,456");
  expect(plain(money(1234567, "KWD", "en"))).toBe("KWD 1,234.567");
  expect(plain(money(1234567, "KWD", "ar"))).toMatch(/1,234\.567/);
});
