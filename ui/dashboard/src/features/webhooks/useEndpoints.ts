/** A merchant's endpoints: they are few, so that one page of the list has them all. */

import { hooks, type Schema } from "../../api/client.ts";

export type Endpoint = Schema<"WebhookEndpoint">;

const ALL = { params: { query: { limit: 100 } } } as const;

export function useEndpoints() {
  return hooks.useQuery("get", "/api/v1/webhook_endpoints", ALL);
}

/** How an endpoint is called: by its description, else by its URL. */
export function endpointName(endpoint: Pick<Endpoint, "description" | "url" | "is_default">): string {
  const name = endpoint.description || (endpoint.url ?? "No URL");
  return endpoint.is_default ? `${name} (default)` : name;
}

/** The name by the id; the id itself of one that is deleted. */
export function nameOfEndpoint(endpoints: readonly Endpoint[] | undefined, id: string): string {
  const found = endpoints?.find((one) => one.id === id);
  return found === undefined ? id : endpointName(found);
}
