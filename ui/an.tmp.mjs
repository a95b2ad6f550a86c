import { build } from "vite";
import { writeFileSync } from "node:fs";
const root = process.argv[2];
await build({ configFile: false, publicDir: false, logLevel: "error", root, base: "/dashboard-assets/", build: { write: false, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, rolldownOptions: { onLog() {} } },
  plugins: [{ name: "x", generateBundle(_o, bundle) {
    const entry = Object.values(bundle).find((c) => c.isEntry); const seen = new Set([entry.fileName]); for (const f of seen) for (const i of bundle[f].imports) seen.add(i);
    const rows = {}; for (const f of seen) for (const [id, m] of Object.entries(bundle[f].modules)) rows[id.replace(/.*node_modules\//, "").replace(root, "")] = m.renderedLength;
    writeFileSync(process.argv[3], JSON.stringify(rows)); } }] });
