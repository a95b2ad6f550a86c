/** What a browser may have to download, a buyer's and a merchant's; run after a build. */

import { readFileSync, statSync } from "node:fs";

const { script, styles, preload, later } = JSON.parse(readFileSync("dist/checkout/manifest.json", "utf-8"));
const file = (address) => `dist/checkout${address}`;
const size = (address) => statSync(file(address)).size;

/** Of what is imported later a page loads one, its language: the largest stands for it. */
const language = later.toSorted((one, other) => size(other) - size(one)).slice(0, 1);

/** What the dashboard's HTML names: everything before the first page. */
const html = readFileSync("dist/dashboard/index.html", "utf-8");
const named = (ending) =>
  [...html.matchAll(/"\/dashboard-assets\/([^"]+)"/g)]
    .map(([, name]) => `dist/dashboard/assets/${name}`)
    .filter((name) => name.endsWith(ending));

export default [
  { name: "SDK: checkout.js", path: "dist/sdk/checkout.js", gzip: true, limit: "5 kB" },
  {
    name: "page: scripts and styles, with one language",
    path: [script, ...styles, ...preload, ...language].map(file),
    gzip: true,
    limit: "40 kB",
  },
  { name: "dashboard: scripts before the first page", path: named(".js"), gzip: true, limit: "200 kB" },
  { name: "dashboard: styles before the first page", path: named(".css"), gzip: true, limit: "45 kB" },
];
