/** One delivery: what was sent, what came back at each attempt, and what to do about it. */

import { Anchor, Skeleton, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { hooks, type Schema } from "../../api/client.ts";
import { CopyButton } from "../../components/CopyButton.tsx";
import { CurlButton } from "../../components/CurlButton.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Id } from "../../components/Id.tsx";
import { JsonView } from "../../components/JsonView.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { usePathId } from "../../objects/usePathId.ts";
import { Attempts } from "./Attempts.tsx";
import { Countdown } from "./Countdown.tsx";
import { pace } from "./pace.ts";
import { RetryButton } from "./RetryButton.tsx";
import { reasonText } from "./retryMany.ts";
import { nameOfEndpoint, useEndpoints } from "./useEndpoints.ts";

type Detail = Schema<"DeliveryDetail">;

export default function DeliveryPage() {
  const id = usePathId();
  const read = hooks.useQuery(
    "get",
    "/api/v1/webhooks/{id}",
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => pace(state.data && [state.data], new Date()) },
  );
  if (read.data === undefined) {
    return (
      <>
        <PageHeader title="Delivery" back={<Back />} description={<Id value={id} />} />
        {read.error ? (
          <ErrorState error={read.error} retry={() => void read.refetch()} />
        ) : (
          <Skeleton height={420} radius="lg" />
        )}
      </>
    );
  }
  return <Shown delivery={read.data} />;
}

function Back() {
  return (
    <Anchor component={Link} to="/dashboard/webhooks" size="sm">
      Webhooks
    </Anchor>
  );
}

function Shown({ delivery }: { delivery: Detail }) {
  return (
    <>
      <PageHeader
        title={delivery.event}
        back={<Back />}
        description={<Id value={delivery.id} />}
        actions={
          <>
            <CurlButton method="GET" path={`/api/v1/webhooks/${delivery.id}`} />
            <RetryButton delivery={delivery} />
          </>
        }
      />
      <Stack gap="lg">
        <About delivery={delivery} />
        <Panel
          title="Attempts"
          description={
            delivery.attempt_log_whole
              ? undefined
              : "The oldest are gone: attempts are kept for a time, the delivery stays."
          }
        >
          {delivery.attempt_log.length === 0 ? (
            <EmptyState
              icon="send"
              title={delivery.status === "pending" ? "Not sent yet" : "No attempt is kept"}
              hint={
                delivery.status === "pending"
                  ? "The first attempt begins as soon as the endpoint has room for it."
                  : (delivery.error ?? "Attempts are kept for a time; the delivery stays.")
              }
            />
          ) : (
            <Attempts log={delivery.attempt_log} body={delivery.request_body} />
          )}
        </Panel>
        <Panel
          title="Payload"
          description="What is signed is the text that was sent, byte for byte: copy that to check a signature."
          actions={<CopyButton full value={delivery.request_body} label="Copy the very text" />}
        >
          <JsonView value={delivery.payload} label="the payload" />
        </Panel>
      </Stack>
    </>
  );
}

function About({ delivery }: { delivery: Detail }) {
  const endpoints = useEndpoints().data?.data;
  const { webhook_endpoint_id: endpoint, failure_reason, next_attempt_at: next, waiting_for } = delivery;
  const facts = [
    {
      name: "Status",
      value: <StatusBadge kind="delivery" status={delivery.status} testId="delivery-status" />,
    },
    { name: "Failed because", value: failure_reason && reasonText(failure_reason) },
    {
      name: "Next attempt",
      value: delivery.status === "pending" && next !== null && (
        <>
          <Countdown at={next} /> (<When at={next} form="second" />)
        </>
      ),
    },
    {
      name: "Waits for",
      value: waiting_for === "order" && "the event before it: the endpoint asks for order",
    },
    {
      name: "Attempts",
      value: delivery.run > 1 ? `${delivery.attempts}, run ${delivery.run}` : delivery.attempts,
    },
    { name: "Event", value: <ObjectLink id={delivery.event_id} /> },
    { name: "About", value: delivery.subject !== delivery.event_id && <ObjectLink id={delivery.subject} /> },
    {
      name: "Payment",
      value: delivery.payment_id !== null && delivery.payment_id !== delivery.subject && (
        <ObjectLink id={delivery.payment_id} />
      ),
    },
    {
      name: "Endpoint",
      value: (
        <Anchor component={Link} to={`/dashboard/webhooks/endpoints/${endpoint}`} size="sm">
          {nameOfEndpoint(endpoints, endpoint)}
        </Anchor>
      ),
    },
    { name: "Created", value: <When at={delivery.created_at} form="long" /> },
  ];
  return (
    <Panel title="About">
      <Facts facts={facts.map((fact) => ({ ...fact, value: fact.value === false ? null : fact.value }))} />
    </Panel>
  );
}
