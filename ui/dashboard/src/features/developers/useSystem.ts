/** Reads of what the gateway tells of itself. */

import { type QueryKey, type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Queues } from "./queueFigures.ts";
import type { LoggedRequest } from "./requestLog.ts";

interface RequestLog {
  readonly data: readonly LoggedRequest[];
  readonly has_more: boolean;
}

type How<T> = Omit<UseQueryOptions<T, Error, T, QueryKey>, "queryKey" | "queryFn">;

async function read<T>(path: string, query: object): Promise<T> {
  const { data } = await api.GET(path as never, { params: { query } } as never);
  return data as T;
}

export function useRequestLog(query: object, how: How<RequestLog>) {
  return useQuery({
    ...how,
    queryKey: ["get", "/api/v1/request_logs", { params: { query } }],
    queryFn: () => read<RequestLog>("/api/v1/request_logs", query),
  });
}

export function useQueues(how: How<Queues>) {
  return useQuery({
    ...how,
    queryKey: ["get", "/api/v1/queues"],
    queryFn: () => read<Queues>("/api/v1/queues", {}),
  });
}
