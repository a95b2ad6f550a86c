/** One event: what it told, where it is in Kafka, who was sent it, and sending it again. */

import { hooks, type Schema } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { CurlButton } from "../../components/CurlButton.tsx";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Id } from "../../components/Id.tsx";
import { JsonView } from "../../components/JsonView.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { useDialog } from "../../dialog.ts";
import { Columns } from "../../objects/Columns.tsx";
import { Back, Loading } from "../../objects/Loading.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { usePathId } from "../../objects/usePathId.ts";
import { placeOf, webhookBody } from "./list.ts";
import { Resend } from "./Resend.tsx";

type Event = Schema<"Event">;

const BACK = { to: "/dashboard/events", name: "Events" };

export default function EventPage() {
  const id = usePathId();
  const event = hooks.useQuery("get", "/api/v1/events/{id}", { params: { path: { id } } });
  if (event.data === undefined) {
    return (
      <Loading title="Event" id={id} back={BACK} error={event.error} retry={() => void event.refetch()} />
    );
  }
  return <Shown event={event.data} />;
}

function Shown({ event }: { readonly event: Event }) {
  const { why } = useSession();
  const { asked, open, close } = useDialog<"resend">();
  const { id, type } = event;
  return (
    <>
      <PageHeader
        title={`Event ${id}`}
        shown={<span data-test-id="event-type">{type}</span>}
        back={<Back {...BACK} />}
        description={<Id value={id} testId="event-id" />}
        actions={
          <>
            <ActionButton why={why("events:write")} onClick={open("resend")} data-test-id="resend-button">
              Send again
            </ActionButton>
            <CurlButton method="GET" path={`/api/v1/events/${id}`} />
          </>
        }
      />
      {asked !== null && <Resend event={event} close={close} />}
      <Columns
        main={
          <>
            <Panel title="What is sent" description="The body of the event's webhooks.">
              <JsonView value={webhookBody(event)} label="the body as JSON" />
            </Panel>
            <Deliveries id={id} />
          </>
        }
        side={<Details event={event} />}
      />
    </>
  );
}

function Details({ event }: { readonly event: Event }) {
  const { data, object } = event;
  return (
    <Panel title="Details">
      <Facts
        facts={[
          { name: "About", value: <ObjectLink id={object.id} /> },
          { name: "Payment", value: object.type === "refund" ? <ObjectLink id={data.payment.id} /> : null },
          { name: "Order", value: <ObjectLink id={data.payment.order_id} /> },
          { name: "Happened", value: <When at={event.created_at} form="long" /> },
          { name: "Sequence", value: `${event.sequence} of this ${object.type}` },
          { name: "Position", value: event.position },
          {
            name: "Kafka",
            value: <code data-test-id="kafka-position">{placeOf(event) ?? "Not known"}</code>,
          },
        ]}
      />
    </Panel>
  );
}

const DELIVERIES: readonly Column<Schema<"Delivery">>[] = [
  { id: "status", title: "Status", cell: ({ status }) => <StatusBadge kind="delivery" status={status} /> },
  { id: "id", title: "Delivery", cell: ({ id }) => <ObjectLink id={id} /> },
  {
    id: "endpoint",
    title: "Endpoint",
    cell: ({ webhook_endpoint_id }) => <ObjectLink id={webhook_endpoint_id} isAside />,
  },
  { id: "attempts", title: "Attempts", align: "end", cell: ({ attempts }) => attempts },
  { id: "response_code", title: "Answer", cell: ({ response_code, error }) => response_code ?? error ?? "–" },
  {
    id: "last_attempt_at",
    title: "Last attempt",
    cell: ({ last_attempt_at }) => <When at={last_attempt_at} form="second" />,
  },
];

/** Attempts are no events of the stream: while one may be under way they are asked for. */
const DELIVERIES_EVERY_MS = 3000;

function Deliveries({ id }: { readonly id: string }) {
  const list = hooks.useQuery(
    "get",
    "/api/v1/webhooks",
    { params: { query: { event_id: id, limit: 100 } } },
    { refetchInterval: DELIVERIES_EVERY_MS },
  );
  return (
    <Panel flush title="Deliveries" description="One for each endpoint that was sent it.">
      <DataTable
        plain
        label="Deliveries of the event"
        columns={DELIVERIES}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={({ id }) => `/dashboard/webhooks/deliveries/${id}`}
        error={list.error}
        retry={() => void list.refetch()}
        outline={2}
        testId="deliveries-table"
        rowTestId="delivery-row"
        empty={
          <EmptyState
            icon="webhooks"
            title="Sent to nobody"
            hint="No endpoint asked for such events then. Add one under Webhooks, then send the event again from here."
          />
        }
      />
    </Panel>
  );
}
