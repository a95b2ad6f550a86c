/** Which pages may embed the checkout. */

const ANY_PORT = ":*";

/**
 * Whether an origin is one of those allowed: exactly, or with any port where an entry ends in `:*`.
 *
 * The origin must be written as browsers write it; "null" (a sandboxed or local page) never is one.
 */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  if (origin === "null") {
    return false;
  }
  return allowed.some((entry) => {
    if (!entry.endsWith(ANY_PORT)) {
      return entry === origin;
    }
    const host = entry.slice(0, -ANY_PORT.length);
    return (
      origin === host || (origin.startsWith(`${host}:`) && /^\d{1,5}$/.test(origin.slice(host.length + 1)))
    );
  });
}
