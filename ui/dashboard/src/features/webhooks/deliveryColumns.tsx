/** What a table of deliveries shows of each. */

import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Schema } from "../../api/client.ts";
import type { Column } from "../../components/columns.ts";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { Countdown } from "./Countdown.tsx";
import { RetryButton } from "./RetryButton.tsx";
import { reasonText } from "./retryMany.ts";
import { type Endpoint, nameOfEndpoint } from "./useEndpoints.ts";

type Delivery = Schema<"Delivery">;

/** The page of a delivery. */
export function deliveryPage({ id }: Pick<Delivery, "id">): string {
  return `/dashboard/webhooks/deliveries/${id}`;
}

/** The columns; an endpoint is named as it is in `endpoints`. */
export function deliveryColumns(endpoints: readonly Endpoint[] | undefined): readonly Column<Delivery>[] {
  return [
    {
      id: "event",
      title: "Event",
      fixed: true,
      testId: "webhook-event",
      cell: (delivery) => (
        <Anchor component={Link} to={deliveryPage(delivery)} ff="monospace" size="sm">
          {delivery.event}
        </Anchor>
      ),
    },
    {
      id: "status",
      title: "Status",
      testId: "webhook-status",
      cell: (delivery) => (
        <>
          <StatusBadge kind="delivery" status={delivery.status} />
          <Aside delivery={delivery} />
        </>
      ),
    },
    {
      id: "attempts",
      title: "Attempts",
      align: "end",
      testId: "webhook-attempts",
      cell: ({ attempts }) => attempts,
    },
    {
      id: "code",
      title: "Answer",
      testId: "webhook-response-code",
      cell: ({ response_code: code, error }) =>
        code === null ? (
          <Text size="sm" c="dimmed" truncate maw={150} title={error ?? undefined}>
            {error ?? "–"}
          </Text>
        ) : (
          <StatusBadge kind="http" status={code} />
        ),
    },
    {
      id: "last_attempt",
      title: "Last attempt",
      testId: "webhook-last-attempt",
      cell: ({ last_attempt_at: at }) => <When at={at} />,
    },
    {
      id: "endpoint",
      title: "Endpoint",
      cell: ({ webhook_endpoint_id: id }) => (
        <Text size="sm" truncate maw={170} title={nameOfEndpoint(endpoints, id)}>
          {nameOfEndpoint(endpoints, id)}
        </Text>
      ),
    },
    { id: "about", title: "About", hidden: true, cell: ({ subject }) => <ObjectLink id={subject} isAside /> },
    { id: "created", title: "Created", hidden: true, cell: ({ created_at: at }) => <When at={at} /> },
    {
      id: "retry",
      title: "Send again",
      align: "end",
      cell: (delivery) => (delivery.status === "success" ? null : <RetryButton delivery={delivery} small />),
    },
  ];
}

/** Below the status: when it goes on, or why it does not. */
function Aside({ delivery }: { delivery: Delivery }) {
  const { status, waiting_for, next_attempt_at, failure_reason } = delivery;
  const text =
    failure_reason !== null && failure_reason !== "exhausted" ? (
      reasonText(failure_reason)
    ) : status !== "pending" ? null : waiting_for === "order" ? (
      "waits for the one before"
    ) : next_attempt_at === null ? (
      "queued"
    ) : (
      <>
        again <Countdown at={next_attempt_at} />
      </>
    );
  return (
    text !== null && (
      <Text component="span" size="xs" c="dimmed" ml={6}>
        {text}
      </Text>
    )
  );
}
