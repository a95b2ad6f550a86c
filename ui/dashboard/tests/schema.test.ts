import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { SCHEMA, schema } from "../generate.ts";

/** Making them compiles TypeScript: seconds where others use the processor, too. */
const MADE_WITHIN_MS = 60_000;

it(
  "has the types that the API's present reference makes: else run `npm run generate`",
  async () => {
    expect((await readFile(SCHEMA, "utf-8")) === (await schema())).toBe(true);
  },
  MADE_WITHIN_MS,
);
