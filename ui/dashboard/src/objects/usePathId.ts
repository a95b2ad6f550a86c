/** The id in a page's address, `/dashboard/payments/$id`. */

import { useParams } from "@tanstack/react-router";

/** Empty where the address has none, which no page of an object is shown for. */
export function usePathId(): string {
  const { id = "" } = useParams({ strict: false }) as { readonly id?: string };
  return id;
}
