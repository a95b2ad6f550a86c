/** One refund: how it goes, why it failed, and whose it is. */

import { Stack } from "@mantine/core";
import { hooks, type Schema } from "../../api/client.ts";
import { CurlButton } from "../../components/CurlButton.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Id } from "../../components/Id.tsx";
import { JsonView } from "../../components/JsonView.tsx";
import { Money } from "../../components/Money.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { Timeline } from "../../components/Timeline.tsx";
import { When } from "../../components/When.tsx";
import { Columns } from "../../objects/Columns.tsx";
import { Back, Loading } from "../../objects/Loading.tsx";
import { Notice } from "../../objects/Notice.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { usePathId } from "../../objects/usePathId.ts";

type Refund = Schema<"Refund">;

const BACK = { to: "/dashboard/refunds", name: "Refunds" };

export default function RefundPage() {
  const id = usePathId();
  const refund = hooks.useQuery("get", "/api/v1/refunds/{id}", { params: { path: { id } } });
  if (refund.data === undefined) {
    return (
      <Loading title="Refund" id={id} back={BACK} error={refund.error} retry={() => void refund.refetch()} />
    );
  }
  return <Shown refund={refund.data} />;
}

function Shown({ refund }: { readonly refund: Refund }) {
  const { id, amount, currency, status } = refund;
  return (
    <>
      <PageHeader
        title={`Refund ${id}`}
        shown={
          <>
            <Money minor={amount} currency={currency} testId="amount" />{" "}
            <StatusBadge kind="refund" status={status} testId="status" />
          </>
        }
        back={<Back {...BACK} />}
        description={<Id value={id} testId="refund-id" />}
        actions={<CurlButton method="GET" path={`/api/v1/refunds/${id}`} />}
      />
      <Stack gap="md">
        {status === "failed" && (
          <Notice tone="bad" title={refund.error_description ?? "The refund failed"} testId="failure-notice">
            The buyer has not got the money, and the amount can be refunded again: open the payment and try
            once more, or pay the buyer another way. <code>{refund.error_code}</code>
          </Notice>
        )}
        <Columns
          main={
            <>
              <Happened id={id} />
              <Panel title="JSON">
                <JsonView value={refund} label="the refund as JSON" />
              </Panel>
            </>
          }
          side={<Details refund={refund} />}
        />
      </Stack>
    </>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  "refund.created": "Asked for",
  "refund.processed": "The money is on its way to the buyer",
  "refund.failed": "Failed",
};

const TONES = { "refund.processed": "good", "refund.failed": "bad" } as const;

/** What was told of the refund; the whole story is in its payment's timeline. */
function Happened({ id }: { readonly id: string }) {
  const events = hooks.useQuery("get", "/api/v1/events", { params: { query: { object: id, limit: 100 } } });
  const told = (events.data?.data ?? []).toReversed();
  return (
    <Panel title="What happened" description="The payment's own timeline tells the whole story.">
      <Timeline
        label="What happened to the refund, oldest first"
        moments={told.map((event) => ({
          key: event.id,
          at: event.created_at,
          title: TITLES[event.type] ?? event.type,
          kind: event.type,
          tone: TONES[event.type as keyof typeof TONES] ?? "info",
          icon: "refunds",
          detail: <ObjectLink id={event.id} />,
        }))}
      />
    </Panel>
  );
}

function Details({ refund }: { readonly refund: Refund }) {
  return (
    <Panel title="Details">
      <Facts
        facts={[
          { name: "Payment", value: <ObjectLink id={refund.payment_id} testId="payment-id" /> },
          {
            name: "Kind",
            value:
              refund.kind === "refund"
                ? "Refund of captured money"
                : "Release before capture: no money moved",
          },
          { name: "Reason", value: refund.reason },
          { name: "Created", value: <When at={refund.created_at} form="long" /> },
          {
            name: "Processed",
            value: refund.processed_at === null ? null : <When at={refund.processed_at} form="long" />,
          },
        ]}
      />
    </Panel>
  );
}
