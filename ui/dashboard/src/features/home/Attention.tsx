/** What needs somebody's attention, each with a link to the list of exactly these. */

import { Skeleton, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { hooks } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useNow } from "../../components/When.tsx";
import { dayOf } from "../../dates.ts";
import { rangeOf } from "../../lists/period.ts";
import { attentionOf, type Item } from "./attention.ts";
import classes from "./home.module.css";

/** How far back one looks, in days. */
const DAYS = 7;

const NONE = { total: 0 };

export function Attention() {
  const now = useNow();
  const from = dayOf(new Date(now.getTime() - DAYS * 86_400_000));
  const seen = useSeen(from);
  const items = attentionOf(seen, from, now);
  return (
    <Panel title="Needs attention" testId="attention">
      {seen.error !== null ? (
        <ErrorState error={seen.error} />
      ) : seen.isPending ? (
        <Stack gap="xs" aria-hidden="true">
          <Skeleton height={18} />
          <Skeleton height={18} width="70%" />
        </Stack>
      ) : items.length === 0 ? (
        <p className={classes.calm}>
          <Icon name="done" size={16} /> Nothing: no failed refunds or webhooks, no disputes, nothing about to
          expire.
        </p>
      ) : (
        <ul className={classes.items}>
          {items.map((item) => (
            <Line key={item.key} item={item} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Line({ item: { key, title, hint, to, search, urgent } }: { readonly item: Item }) {
  return (
    <li>
      <Link
        to={to}
        search={search}
        className={classes.item ?? ""}
        data-urgent={urgent || undefined}
        data-test-id={`attention-${key}`}
      >
        <Icon name="alert" size={16} />
        <span>{title}</span>
        <Icon name="right" size={16} />
        <small>{hint}</small>
      </Link>
    </li>
  );
}

const AGAIN = { refetchInterval: 30_000 } as const;

/** Five questions to the api, about what happened since that day. What the role may not see is not asked. */
function useSeen(from: string) {
  const { can } = useSession();
  const query = { limit: 1, ...rangeOf({ from }, new Date()) };
  const uncaptured = hooks.useQuery(
    "get",
    "/api/v1/payments",
    { params: { query: { limit: 25, status: "success", captured: false, sort: "created_at" } } },
    { enabled: can("payments:read") },
  );
  const disputes = hooks.useQuery(
    "get",
    "/api/v1/events",
    { params: { query: { ...query, type: "payment.disputed" } } },
    { enabled: can("events:read") },
  );
  const refunds = hooks.useQuery(
    "get",
    "/api/v1/refunds",
    { params: { query: { ...query, status: "failed" } } },
    { enabled: can("refunds:read") },
  );
  const webhooks = hooks.useQuery(
    "get",
    "/api/v1/webhooks",
    { params: { query: { ...query, status: "failed" } } },
    { enabled: can("webhooks:read"), ...AGAIN },
  );
  const endpoints = hooks.useQuery(
    "get",
    "/api/v1/webhook_endpoints",
    { params: { query: { limit: 100 } } },
    { enabled: can("webhooks:read"), ...AGAIN },
  );
  const all = [uncaptured, disputes, refunds, webhooks, endpoints];
  return {
    uncaptured: uncaptured.data?.data ?? [],
    hasMoreUncaptured: uncaptured.data?.has_more ?? false,
    disputes: disputes.data ?? NONE,
    failedRefunds: refunds.data ?? NONE,
    failedWebhooks: webhooks.data ?? NONE,
    endpoints: endpoints.data?.data ?? [],
    isPending: all.some(({ isLoading }) => isLoading),
    error: all.find(({ error }) => error !== null)?.error ?? null,
  };
}
