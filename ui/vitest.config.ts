/** Tests of all packages in one run; what needs a document gets happy-dom's. */

import { defineConfig } from "vitest/config";
import { PREACT } from "./targets.ts";

const withDocument = (root: string, alias: Record<string, string> = {}) => ({
  resolve: { alias },
  test: { name: root, root, environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});

export default defineConfig({
  test: {
    projects: [
      withDocument("packages/messages"),
      withDocument("sdk"),
      withDocument("packages/react"),
      withDocument("checkout", PREACT),
    ],
  },
});
