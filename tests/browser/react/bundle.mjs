// Bundles page.jsx as a shop would, in development: `node bundle.mjs <ui> <file>`. Effects run twice only there.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [ui, file] = process.argv.slice(2);
const { build } = await import(pathToFileURL(join(ui, "node_modules/rolldown/dist/index.mjs")).href);

await build({
  input: join(import.meta.dirname, "page.jsx"),
  logLevel: "warn",
  resolve: {
    alias: {
      "@paygate/react": join(ui, "dist/react/index.mjs"),
      "@paygate/sdk": join(ui, "dist/sdk/checkout.mjs"),
    },
    modules: [join(ui, "node_modules")],
  },
  transform: { define: { "process.env.NODE_ENV": '"development"' } },
  output: { file, format: "iife" },
});
