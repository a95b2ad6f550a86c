/** A request as the command that makes it. Pure. */

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its parameters: `/api/v1/payments?status=failed`. */
  readonly path: string;
  readonly body?: unknown;
}

/** Who asks: a key's two halves, or the names of variables that hold them. */
export interface Credentials {
  readonly api_key: string;
  readonly api_secret: string;
}

/** In single quotes a shell changes nothing. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command; without credentials it names the variables that the reader is to fill. */
export function curl(
  { method, path, body }: Request,
  apiUrl: string,
  credentials: Credentials | null,
): string {
  const who = credentials
    ? quoted(`${credentials.api_key}:${credentials.api_secret}`)
    : '"$PAYGATE_KEY:$PAYGATE_SECRET"';
  const lines = [`curl ${method === "GET" ? "" : `-X ${method} `}${quoted(apiUrl + path)}`, `-u ${who}`];
  if (body !== undefined) {
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  }
  return lines.join(" \\\n  ");
}
