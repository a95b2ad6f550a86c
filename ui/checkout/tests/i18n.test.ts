/** The page's languages. */

import { expect, it } from "vitest";
import { LOCALES, readBootstrap } from "../src/bootstrap.ts";
import { speak } from "../src/i18n.ts";
import { en } from "../src/locales/en.ts";
import { BOOTSTRAP } from "./given.ts";

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([hole]) => hole).sort();

it.each(LOCALES)("%s says everything, with the same things filled in", async (locale) => {
  const language = await speak(locale);
  expect(language.locale).toBe(locale);
  expect(language.direction).toBe(locale === "ar" ? "rtl" : "ltr");
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect([key, holes(language.say(key))]).toEqual([key, holes(en[key])]);
    expect(language.say(key)).not.toBe("");
  }
});

it("what is filled in is text, whatever it looks like", async () => {
  const { say } = await speak("en");
  expect(say("cancel", { merchant: "$& {amount} <b>" })).toBe("Back to $& {amount} <b>");
});

it("a data block of another shape is no bootstrap", () => {
  expect(readBootstrap(JSON.stringify(BOOTSTRAP))).toEqual(BOOTSTRAP);
  const wrongs = [
    null,
    "",
    "{",
    "null",
    JSON.stringify({ ...BOOTSTRAP, version: 2 }),
    JSON.stringify({ ...BOOTSTRAP, locale: "xx" }),
    JSON.stringify({ ...BOOTSTRAP, order: null }),
    JSON.stringify({ ...BOOTSTRAP, order: { ...BOOTSTRAP.order, amount: 4.5 } }),
  ];
  expect(wrongs.map(readBootstrap)).toEqual(wrongs.map(() => null));
});
