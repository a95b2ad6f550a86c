/** An id that leads to its object's page. */

import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";

const PAGES: Readonly<Record<string, string>> = {
  order: "/dashboard/orders",
  pay: "/dashboard/payments",
  rfnd: "/dashboard/refunds",
  evt: "/dashboard/events",
  whd: "/dashboard/webhooks/deliveries",
  we: "/dashboard/webhooks/endpoints",
};

/** The address of an object's page, by its id's prefix; null for what has none. */
export function pageOf(id: string): string | null {
  const page = PAGES[id.slice(0, id.indexOf("_"))];
  return page === undefined ? null : `${page}/${id}`;
}

interface Given {
  readonly id: string;
  readonly testId?: string;
  /** Paler: not what the row is about. */
  readonly isAside?: boolean;
}

export function ObjectLink({ id, testId, isAside = false }: Given) {
  const page = pageOf(id);
  const shown = { ff: "monospace", size: "sm", "data-test-id": testId } as const;
  return page === null ? (
    <code data-test-id={testId}>{id}</code>
  ) : (
    <Anchor component={Link} to={page} {...shown} {...(isAside && { c: "dimmed" })}>
      {id}
    </Anchor>
  );
}
