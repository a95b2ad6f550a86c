/** The log of requests: its filters in the address and as the API's parameters, and its entries in words. Pure. */

import type { Schema } from "../../api/client.ts";
import type { Request } from "../../components/curl.ts";
import { endOfDay, startOfDay } from "../../dates.ts";
import { filled } from "../../filled.ts";
import { oneOf, type Raw } from "../../url.ts";

export type LoggedRequest = Schema<"RequestLine">;

export const STATUS_CLASSES = ["2xx", "3xx", "4xx", "5xx"] as const;
export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
/** `user`: the dashboard, on behalf of who was signed in. */
export const ASKERS = ["key", "user"] as const;

const ID = /^log_[0-9A-Za-z]{16}$/;

export interface RequestFilter {
  readonly status: (typeof STATUS_CLASSES)[number] | undefined;
  readonly method: (typeof METHODS)[number] | undefined;
  /** As the reference writes it: `/api/v1/payments/{id}`. */
  readonly route: string | undefined;
  readonly by: (typeof ASKERS)[number] | undefined;
  readonly key: string | undefined;
  readonly user: string | undefined;
  readonly error: string | undefined;
  readonly requestId: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly after: string | undefined;
  /** The entry that is shown in full. */
  readonly shown: string | undefined;
}

export function readRequests(raw: Raw): RequestFilter {
  return {
    status: oneOf(raw.status, STATUS_CLASSES),
    method: oneOf(raw.method, METHODS),
    route: raw.route,
    by: oneOf(raw.by, ASKERS),
    key: raw.key,
    user: raw.user,
    error: raw.error,
    requestId: raw.request_id,
    from: startOfDay(raw.from),
    to: endOfDay(raw.to),
    after: raw.after !== undefined && ID.test(raw.after) ? raw.after : undefined,
    shown: raw.request,
  };
}

/** The parameters of `GET /api/v1/request_logs`. */
export function requestQuery(filter: RequestFilter, limit: number) {
  return {
    limit,
    ...filled({
      status_class: filter.status,
      method: filter.method,
      route: filter.route,
      by: filter.by,
      api_key: filter.key,
      user: filter.user,
      error_code: filter.error,
      request_id: filter.requestId,
      created_from: filter.from,
      created_to: filter.to,
      starting_after: filter.after,
    }),
  };
}

/** Whether anything but the place in the list and the shown entry is asked for. */
export function isFiltered({ after: _after, shown: _shown, ...asked }: RequestFilter): boolean {
  return Object.values(asked).some((value) => value !== undefined);
}

const REPLAYS = {
  first: "The first with its Idempotency-Key: its answer is kept for 24 h.",
  replayed: "A repetition: it did nothing, and was answered with what the first one was.",
} as const;

/** What its Idempotency-Key did; null for a request without one. */
export function idempotencyText({ idempotency }: Pick<LoggedRequest, "idempotency">): string | null {
  return idempotency === null ? null : REPLAYS[idempotency];
}

/** Who asked: a person of the dashboard, a key, or nobody that was let in. */
export function whoOf({ user, api_key }: Pick<LoggedRequest, "user" | "api_key">): string {
  return user ?? api_key ?? "Nobody known";
}

/** The same request for a terminal; its body was not kept. */
export function requestOf({ method, path }: Pick<LoggedRequest, "method" | "path">): Request {
  return { method: oneOf(method, METHODS) ?? "GET", path };
}
