/** Tests of all packages in one run, in documents of happy-dom's: with React, and with what the checkout's page has instead. */

import { defineConfig } from "vitest/config";
import { PREACT } from "./targets.ts";

const project = (name: string, include: string[], alias: Record<string, string> = {}) => ({
  resolve: { alias },
  test: {
    name,
    include: include.map((folder) => `${folder}/tests/**/*.test.{ts,tsx}`),
    environment: "happy-dom",
    setupFiles: ["./vitest.quiet.ts"],
    // A document for each file would take most of the time.
    isolate: false,
    maxWorkers: 1,
  },
});

export default defineConfig({
  test: {
    projects: [
      project("sdk", ["packages/*", "sdk"]),
      project("page", ["checkout"], PREACT),
      project("dashboard", ["dashboard"]),
    ],
  },
});
