/** What a refusal says. Pure. */

/** A refusal of the gateway, or of the way to it (`status` 0: there was no answer). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  readonly status: number;
  readonly code: string;
  /** For people: what is wrong, and what to do. */
  readonly description: string;
  readonly requestId: string | null;
  /** The field of the request that it is about. */
  readonly field: string | null;
  /** Seconds until it is worth to ask again. */
  readonly retryAfterS: number | null;

  constructor(
    status: number,
    code: string,
    description: string,
    more: { requestId?: string | null; field?: string | null; retryAfterS?: number | null } = {},
  ) {
    super(description);
    this.status = status;
    this.code = code;
    this.description = description;
    this.requestId = more.requestId ?? null;
    this.field = more.field ?? null;
    this.retryAfterS = more.retryAfterS ?? null;
  }
}

interface Fields {
  readonly error?: unknown;
  readonly code?: unknown;
  readonly description?: unknown;
  readonly field?: unknown;
  readonly request_id?: unknown;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value : {};
}

/** An answer that is none of the 2xx: its envelope, or what its status means when it has none. */
export function problemOf(status: number, headers: Headers, body: unknown): ApiProblem {
  const error = fieldsOf(fieldsOf(body).error);
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const retryAfter = Number(headers.get("Retry-After") ?? Number.NaN);
  return new ApiProblem(
    status,
    text(error.code) ?? `HTTP_${status}`,
    text(error.description) ?? `The gateway answered with status ${status}. Try again shortly.`,
    {
      requestId: text(error.request_id) ?? headers.get("Request-Id"),
      field: text(error.field),
      retryAfterS: Number.isFinite(retryAfter) ? retryAfter : null,
    },
  );
}

/** Whatever was thrown, as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) {
    return error;
  }
  if (error instanceof TypeError) {
    // What fetch throws: no connection, or it broke off.
    return new ApiProblem(
      0,
      "NO_CONNECTION",
      "The dashboard can't be reached. Check the connection and try again.",
    );
  }
  const said = error instanceof Error ? error.message : String(error);
  return new ApiProblem(0, "PAGE_ERROR", `This page has an error: ${said}. Reload it.`);
}

/** Whether the same question may be answered next time. */
export function isWorthARetry(error: unknown): boolean {
  const { status } = asProblem(error);
  return status === 0 || status === 429 || status >= 500;
}
