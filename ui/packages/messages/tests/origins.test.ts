/** Who may embed the page: exactly those that are listed. */

import { expect, test } from "vitest";
import { isAllowedOrigin } from "../src/index.ts";

const ALLOWED = ["https://shop.example", "http://localhost:*", "https://shop.test:8443"];

test.each(["https://shop.example", "http://localhost", "http://localhost:4000", "https://shop.test:8443"])(
  "%s is allowed",
  (origin) => {
    expect(isAllowedOrigin(origin, ALLOWED)).toBe(true);
  },
);

test.each([
  "null",
  "",
  "*",
  "http://shop.example",
  "https://shop.example:8443",
  "https://shop.example.evil.test",
  "https://evil-shop.example",
  "https://sub.shop.example",
  "https://shop.example@evil.test",
  "https://SHOP.example",
  "https://shop.test",
  "https://localhost:4000",
  "http://localhost:4000.evil.test",
  "http://localhost:4000/x",
  "http://localhost:",
  "http://localhost.evil.test:4000",
  "http://localhost:*",
])("'%s' is not", (origin) => {
  expect(isAllowedOrigin(origin, ALLOWED)).toBe(false);
});

test("nobody is allowed by an empty list, or by one that says null", () => {
  expect(isAllowedOrigin("https://shop.example", [])).toBe(false);
  expect(isAllowedOrigin("null", ["null", "null:*"])).toBe(false);
});
