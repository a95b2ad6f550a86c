/** What is typed into a card's fields, and what is found wrong with it. */

import { describe, expect, it } from "vitest";
import {
  cvvFault,
  digitsOf,
  edited,
  editedExpiry,
  expiryFault,
  groupExpiry,
  groupNumber,
  isVpa,
  isWholeExpiry,
  isWholeNumber,
  monthOf,
  networkOf,
  numberFault,
  passesLuhn,
} from "../src/card.ts";

/** The field after typing these texts one after the other at the caret. */
function typed(keys: string, format: (digits: string) => string): string {
  let text = "";
  for (const key of keys) {
    text = edited(text, { text: text + key, caret: text.length + 1 }, format).text;
  }
  return text;
}

describe("a card's network", () => {
  it.each([
    ["4242", "visa"],
    ["51", "mastercard"],
    ["55", "mastercard"],
    ["2221", "mastercard"],
    ["2720", "mastercard"],
    ["2220", "unknown"],
    ["2721", "unknown"],
    ["222", "unknown"],
    ["34", "amex"],
    ["37", "amex"],
    ["60", "rupay"],
    ["65", "rupay"],
    ["81", "rupay"],
    ["89", "rupay"],
    ["80", "unknown"],
    ["3", "unknown"],
    ["", "unknown"],
  ])("of %s… is %s", (digits, network) => {
    expect(networkOf(digits)).toBe(network);
  });
});

describe("a card number", () => {
  it("is grouped as its network prints it", () => {
    expect(groupNumber("4242424242424242")).toBe("4242 4242 4242 4242");
    expect(groupNumber("378282246310005")).toBe("3782 822463 10005");
    expect(groupNumber("42424")).toBe("4242 4");
    expect(groupNumber("")).toBe("");
  });
  it("takes no more digits than its network has", () => {
    expect(groupNumber("55555555555544449")).toBe("5555 5555 5555 4444");
    expect(groupNumber("3782822463100059")).toBe("3782 822463 10005");
    expect(groupNumber("42424242424242424242")).toBe("4242 4242 4242 4242 424");
  });
  it("is read from whatever way it was pasted in", () => {
    const pasted = edited("", { text: " 4242-4242-4242-4242\n", caret: 21 }, groupNumber);
    expect(pasted).toEqual({ text: "4242 4242 4242 4242", caret: 19 });
    expect(digitsOf("٤٢४२４2")).toBe("424242");
  });
  it("keeps the caret behind the digit that was typed in its middle", () => {
    expect(edited("4242 4242", { text: "42942 4242", caret: 3 }, groupNumber)).toEqual({
      text: "4294 2424 2",
      caret: 3,
    });
  });
  it("loses the digit before the space that was deleted, and behind it with the other key", () => {
    expect(edited("4242 1", { text: "42421", caret: 4 }, groupNumber)).toEqual({ text: "4241", caret: 3 });
    expect(edited("4242 15", { text: "424215", caret: 4, forward: true }, groupNumber)).toEqual({
      text: "4242 5",
      caret: 4,
    });
  });
  it("is wrong by its check digit, short, or missing", () => {
    expect(numberFault("4242424242424242")).toBeNull();
    expect(numberFault("4242424242424241")).toBe("number_wrong");
    expect(numberFault("42424242")).toBe("number_short");
    expect(numberFault("")).toBe("number_missing");
    expect(passesLuhn("378282246310005")).toBe(true);
    expect(passesLuhn("")).toBe(false);
  });
  it("is judged while typing only once it is whole", () => {
    expect(isWholeNumber("424242424242424")).toBe(false);
    expect(isWholeNumber("4242424242424241")).toBe(true);
    expect(isWholeNumber("378282246310006")).toBe(true);
    expect(isWholeNumber("9999999999999999")).toBe(false);
  });
});

describe("an expiry", () => {
  it.each([
    ["1230", "12 / 30"],
    ["530", "05 / 30"],
    ["1", "1"],
    ["12", "12 / "],
    ["122030", "12 / 30"],
    ["122", "12 / 2"],
  ])("typed as %s reads %s", (keys, text) => {
    expect(typed(keys, groupExpiry)).toBe(text);
  });
  it("takes a month of one digit with its slash", () => {
    expect(editedExpiry("", { text: "1/28", caret: 4 }).text).toBe("01 / 28");
    expect(editedExpiry("1", { text: "1/", caret: 2 }).text).toBe("01 / ");
  });
  it("loses its separator with the digit before it", () => {
    expect(editedExpiry("12 / ", { text: "12 /", caret: 4 })).toEqual({ text: "1", caret: 1 });
    expect(editedExpiry("12 / 3", { text: "12 / ", caret: 5 })).toEqual({ text: "12", caret: 2 });
  });
  it("is past, wrong, short, or good", () => {
    const current = { year: 2026, month: 11 };
    expect(expiryFault("10 / 26", current)).toBe("expiry_past");
    expect(expiryFault("11 / 26", current)).toBeNull();
    expect(expiryFault("10 / 26", null)).toBeNull();
    expect(expiryFault("13 / ", current)).toBe("expiry_month");
    expect(expiryFault("00 / 30", current)).toBe("expiry_month");
    expect(expiryFault("12 / 3", current)).toBe("expiry_short");
    expect(expiryFault("", current)).toBe("expiry_missing");
    expect(monthOf("12 / 30")).toEqual({ year: 2030, month: 12 });
  });
  it("that ends in 20 may yet get the rest of its year", () => {
    expect(isWholeExpiry("12 / 20")).toBe(false);
    expect(isWholeExpiry("12 / 28")).toBe(true);
    expect(isWholeExpiry("13 / ")).toBe(true);
  });
});

it("a security code has as many digits as its network gives it", () => {
  expect(cvvFault("123", "visa")).toBeNull();
  expect(cvvFault("123", "amex")).toBe("cvv_short");
  expect(cvvFault("1234", "amex")).toBeNull();
  expect(cvvFault("", "visa")).toBe("cvv_missing");
});

it("a UPI address has the form name@bank", () => {
  expect(isVpa("asha.rao-1_x@okbank")).toBe(true);
  for (const wrong of ["asha", "asha@", "@bank", "a b@bank", "asha@ok.bank", "asha@bank@bank"]) {
    expect(isVpa(wrong)).toBe(false);
  }
});
