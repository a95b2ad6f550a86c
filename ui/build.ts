/** Builds everything into `dist/` (or the folder that is named): what a page loads, what the checkout serves, and the dashboard. */

import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type InlineConfig, type Manifest } from "vite";
import { BROWSERS, PREACT, SYNTAX } from "./targets.ts";

const HERE = import.meta.dirname;
const OUT = resolve(process.argv[2] ?? join(HERE, "dist"));

/** What every build has in common: no config file, no `public/`, and only what went wrong is printed. */
const COMMON: InlineConfig = { configFile: false, publicDir: false, logLevel: "warn" };

/** One file of a library. What `external` names is left to who uses it. */
async function bundle(entry: string, fileName: string, format: "iife" | "es", external: string[] = []) {
  await build({
    ...COMMON,
    build: {
      outDir: OUT,
      emptyOutDir: false,
      target: SYNTAX,
      lib: { entry: join(HERE, entry), formats: [format], fileName: () => fileName, name: "paygate" },
      rolldownOptions: { external },
    },
  });
}

/** `checkout.js` for a script tag, and packages for bundlers with their types. */
async function buildSdk(): Promise<void> {
  await bundle("sdk/src/script.ts", "sdk/checkout.js", "iife");
  await bundle("sdk/src/index.ts", "sdk/checkout.mjs", "es");
  await publish("sdk", "sdk", "checkout.mjs", "checkout.d.ts");
  await bundle("packages/react/src/index.tsx", "react/index.mjs", "es", [
    "react",
    "react/jsx-runtime",
    "@paygate/sdk",
  ]);
  await publish("packages/react", "react", "index.mjs", "index.d.ts");
}

/** Make a folder of `dist` a package: its types, and a package.json that names what is there. */
async function publish(source: string, folder: string, code: string, types: string): Promise<void> {
  const about = JSON.parse(await readFile(join(HERE, source, "package.json"), "utf-8"));
  about.exports = { types: `./${types}`, default: `./${code}` };
  await writeFile(join(OUT, folder, "package.json"), `${JSON.stringify(about, null, 2)}\n`);
  await copyFile(join(HERE, source, types), join(OUT, folder, types));
}

/** The page in the frame. `manifest.json` tells the checkout service what to link. */
async function buildPage(): Promise<void> {
  const outDir = join(OUT, "checkout");
  await build({
    ...COMMON,
    root: join(HERE, "checkout"),
    base: "/",
    resolve: { alias: PREACT },
    build: {
      outDir,
      emptyOutDir: true,
      target: BROWSERS,
      assetsInlineLimit: 0,
      manifest: "vite.json",
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(HERE, "checkout/src/main.tsx") },
    },
  });
  const chunks = JSON.parse(await readFile(join(outDir, "vite.json"), "utf-8")) as Manifest;
  await writeFile(join(outDir, "manifest.json"), `${JSON.stringify(linksOf(chunks))}\n`);
}

/** The addresses that the page's HTML names; `later` is what the page imports itself when it needs it. */
interface Links {
  script: string;
  styles: string[];
  preload: string[];
  later: string[];
}

function linksOf(chunks: Manifest): Links {
  const entry = Object.values(chunks).find((chunk) => chunk.isEntry);
  if (!entry) {
    throw new Error("The checkout page has no entry: checkout/src/main.tsx is missing.");
  }
  const seen = new Set([entry]);
  for (const chunk of seen) {
    for (const name of chunk.imports ?? []) {
      const imported = chunks[name];
      if (imported) {
        seen.add(imported);
      }
    }
  }
  const all = [...seen];
  return {
    script: `/${entry.file}`,
    styles: [...new Set(all.flatMap((chunk) => chunk.css ?? []))].map((file) => `/${file}`),
    preload: all.filter((chunk) => chunk !== entry).map((chunk) => `/${chunk.file}`),
    later: Object.values(chunks)
      .filter((chunk) => chunk.isDynamicEntry)
      .map((chunk) => `/${chunk.file}`),
  };
}

/** The merchant's dashboard. Its service writes a fresh number into `index.html` for each answer. */
async function buildDashboard(): Promise<void> {
  const outDir = join(OUT, "dashboard");
  await build({
    ...COMMON,
    root: join(HERE, "dashboard"),
    base: "/dashboard-assets/",
    html: { cspNonce: "__CSP_NONCE__" },
    build: {
      outDir: join(outDir, "assets"),
      assetsDir: ".",
      emptyOutDir: true,
      target: BROWSERS,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1000,
      rolldownOptions: {
        onLog(level, log, say) {
          // Libraries say "use client" in every file: of interest to servers that render, and none does here.
          if (log.code !== "MODULE_LEVEL_DIRECTIVE") {
            say(level, log);
          }
        },
      },
    },
  });
  await rename(join(outDir, "assets/index.html"), join(outDir, "index.html"));
}

await mkdir(OUT, { recursive: true });
await Promise.all([buildSdk(), buildPage(), buildDashboard()]);
