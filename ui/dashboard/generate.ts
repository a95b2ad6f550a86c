/** Writes `src/api/schema.gen.ts`, the types of the merchant API, from the reference that the api publishes. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";

const HERE = import.meta.dirname;
const REFERENCE = join(HERE, "../../contracts/generated/openapi.json");

/** The file that is generated. */
export const SCHEMA = join(HERE, "src/api/schema.gen.ts");

/** What belongs into it. */
export async function schema(): Promise<string> {
  const reference = JSON.parse(await readFile(REFERENCE, "utf-8")) as OpenAPI3;
  leaveDefaultsOut(reference);
  const types = astToString(await openapiTS(reference));
  return `/** Made from contracts/generated/openapi.json by \`npm run generate\`: not to be edited. */\n\n${types}`;
}

interface Node {
  [key: string]: unknown;
}

/** What a request may leave out has a default; the same word means "always there" where the gateway answers. */
function leaveDefaultsOut(reference: OpenAPI3): void {
  const schemas = (reference.components?.schemas ?? {}) as Node;
  const told = new Set<string>();
  for (const path of Object.values(reference.paths ?? {})) {
    for (const operation of Object.values(path as Node)) {
      collect((operation as Node).requestBody, schemas, told);
    }
  }
  for (const name of told) {
    strip(schemas[name]);
  }
}

function collect(node: unknown, schemas: Node, told: Set<string>): void {
  if (typeof node !== "object" || node === null) {
    return;
  }
  for (const value of Object.values(node)) {
    const name = typeof value === "string" ? value.match(/^#\/components\/schemas\/(.+)$/)?.[1] : undefined;
    if (name === undefined) {
      collect(value, schemas, told);
    } else if (!told.has(name)) {
      told.add(name);
      collect(schemas[name], schemas, told);
    }
  }
}

function strip(node: unknown): void {
  const { properties } = node as { properties?: Record<string, Node> };
  for (const property of Object.values(properties ?? {})) {
    delete property.default;
  }
}

if (import.meta.main) {
  await writeFile(SCHEMA, await schema());
}
