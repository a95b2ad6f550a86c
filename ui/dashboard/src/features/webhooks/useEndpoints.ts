/** A merchant's endpoints: they are few, so that one page of the list has them all. */

import { hooks, type Schema } from "../../api/client.ts";

export type Endpoint = Schema<"WebhookEndpoint">;

/** How an endpoint fares changes without an event that would tell. */
export const HEALTH_MS = 15_000;

const ALL = { params: { query: { limit: 100 } } } as const;

export function useEndpoints() {
  return hooks.useQuery("get", "/api/v1/webhook_endpoints", ALL, { refetchInterval: HEALTH_MS });
}

/** How an endpoint is called: by its description, else by its URL. */
export function endpointName({ description, url }: Pick<Endpoint, "description" | "url">): string {
  return description || (url ?? "No URL");
}

/** The name by the id; the id itself of one that is deleted. */
export function nameOfEndpoint(endpoints: readonly Endpoint[] | undefined, id: string): string {
  const found = endpoints?.find((one) => one.id === id);
  return found === undefined ? id : endpointName(found);
}
