import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { SCHEMA, schema } from "../generate.ts";

it("has the types that the API's present reference makes: else run `npm run generate`", async () => {
  expect((await readFile(SCHEMA, "utf-8")) === (await schema())).toBe(true);
});
