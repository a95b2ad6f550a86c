/** The merchant API, typed by its own reference. The session's cookie says who asks; the page knows no secret. */

import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import { type ApiProblem, problemOf } from "./problem.ts";
import type { components, paths } from "./schema.gen.ts";

/** What the API's reference calls so: `Schema<"Payment">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

type Listener = () => void;

const onSignedOut = new Set<Listener>();

/** Be told when an answer says that the session is over. Returns how not to be told any more. */
export function whenSignedOut(listener: Listener): Listener {
  onSignedOut.add(listener);
  return () => onSignedOut.delete(listener);
}

/** The problem that this answer is; a session that is over is told to who listens. */
async function refusal(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const problem = problemOf(response.status, response.headers, body);
  if (response.status === 401) {
    for (const listener of onSignedOut) {
      listener();
    }
  }
  return problem;
}

const refuse: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) {
      throw await refusal(response);
    }
  },
};

/** `api.GET("/api/v1/payments", { params })`. Throws ApiProblem for every answer that is none of the 2xx. */
export const api = createFetchClient<paths>();
api.use(refuse);

/** The same as hooks: `hooks.useQuery("get", "/api/v1/payments", { params })`; the key is method, path, parameters. */
export const hooks = createQueryClient(api);

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** A call of the dashboard's own routes, `/dashboard/api…`. Throws ApiProblem. */
export async function own<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const told =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await fetch(`/dashboard/api${path}`, { method, ...told });
  if (!response.ok) {
    throw await refusal(response);
  }
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** A file of the API's, whole: what breaks off half-way is no file. Throws ApiProblem. */
export async function file(path: string): Promise<Blob> {
  const response = await fetch(path);
  if (!response.ok) {
    throw await refusal(response);
  }
  return await response.blob();
}

/** A new Idempotency-Key. One belongs to one intention of the user: whoever repeats a request sends the same. */
export function newIntent(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `dash_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Where the key goes in `params`. */
export function idempotently(key: string): { header: { "Idempotency-Key": string } } {
  return { header: { "Idempotency-Key": key } };
}
