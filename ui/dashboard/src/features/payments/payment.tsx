/** One payment: what it is, what can be done with it, and everything that happened to it. */

import { Stack } from "@mantine/core";
import { hooks, type Schema } from "../../api/client.ts";
import { CurlButton } from "../../components/CurlButton.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Id } from "../../components/Id.tsx";
import { JsonView } from "../../components/JsonView.tsx";
import { Money } from "../../components/Money.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { When } from "../../components/When.tsx";
import { Columns } from "../../objects/Columns.tsx";
import { Back, Loading } from "../../objects/Loading.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { PaymentStatus } from "../../objects/PaymentStatus.tsx";
import { RefundsTable } from "../../objects/RefundsTable.tsx";
import { usePathId } from "../../objects/usePathId.ts";
import { instrumentOf } from "../../objects/words.ts";
import { PaymentActions } from "./PaymentActions.tsx";
import { PaymentNotices } from "./PaymentNotices.tsx";
import { PaymentTimeline, TimelineSkeleton } from "./PaymentTimeline.tsx";
import { useTimeline } from "./useTimeline.ts";

type Payment = Schema<"Payment">;
type Refund = Schema<"Refund">;

const BACK = { to: "/dashboard/payments", name: "Payments" };

export default function PaymentPage() {
  const id = usePathId();
  const path = { id };
  const payment = hooks.useQuery("get", "/api/v1/payments/{id}", { params: { path } });
  const refunds = hooks.useQuery("get", "/api/v1/payments/{id}/refunds", {
    params: { path, query: { limit: 100 } },
  });
  if (payment.data === undefined) {
    return (
      <Loading
        title="Payment"
        id={id}
        back={BACK}
        error={payment.error}
        retry={() => void payment.refetch()}
      />
    );
  }
  return <Shown payment={payment.data} refunds={refunds.data?.data ?? []} />;
}

function Shown({ payment, refunds }: { readonly payment: Payment; readonly refunds: readonly Refund[] }) {
  const { id, amount, currency } = payment;
  return (
    <>
      <PageHeader
        title={`Payment ${id}`}
        shown={
          <>
            <Money minor={amount} currency={currency} testId="amount" /> <PaymentStatus payment={payment} />
          </>
        }
        back={<Back {...BACK} />}
        description={<Id value={id} testId="payment-id" />}
        actions={
          <>
            <PaymentActions payment={payment} refunds={refunds} />
            <CurlButton method="GET" path={`/api/v1/payments/${id}`} />
          </>
        }
      />
      <Stack gap="md">
        <PaymentNotices payment={payment} />
        <Columns
          main={
            <>
              <TimelinePanel payment={payment} />
              {refunds.length > 0 && (
                <Panel flush title="Refunds">
                  <RefundsTable label="Refunds of the payment" rows={refunds} />
                </Panel>
              )}
              <Panel title="JSON">
                <JsonView value={payment} label="the payment as JSON" />
              </Panel>
            </>
          }
          side={
            <>
              <Summary payment={payment} />
              <Amounts payment={payment} />
              {Object.keys(payment.metadata).length > 0 && <Metadata payment={payment} />}
            </>
          }
        />
      </Stack>
    </>
  );
}

function TimelinePanel({ payment }: { readonly payment: Payment }) {
  const timeline = useTimeline(payment.id);
  return (
    <Panel
      title="Timeline"
      description="Requests, states, the bank, events on Kafka, the ledger and webhooks, in one order."
    >
      {timeline.data !== undefined ? (
        <PaymentTimeline
          entries={timeline.data.data}
          missing={timeline.data.missing}
          currency={payment.currency}
        />
      ) : timeline.error !== null ? (
        <ErrorState error={timeline.error} retry={() => void timeline.refetch()} />
      ) : (
        <TimelineSkeleton />
      )}
    </Panel>
  );
}

function Summary({ payment }: { readonly payment: Payment }) {
  return (
    <Panel title="Details">
      <Facts
        facts={[
          {
            name: "Order",
            value: <ObjectLink id={payment.order_id} testId="order-id" />,
          },
          { name: "Paid with", value: instrumentOf(payment) },
          { name: "Capture", value: payment.capture },
          { name: "Capture before", value: openDeadline(payment) },
          { name: "Created", value: <When at={payment.created_at} form="long" /> },
          { name: "Last change", value: <When at={payment.updated_at} form="long" /> },
        ]}
      />
    </Panel>
  );
}

function openDeadline({ status, captured, capture_before }: Payment) {
  return status === "success" && !captured && capture_before !== null ? (
    <>
      <When at={capture_before} /> (<When at={capture_before} relative />)
    </>
  ) : null;
}

function Amounts({ payment }: { readonly payment: Payment }) {
  const { currency } = payment;
  const row = (name: string, minor: number, isAlways = false) => ({
    name,
    value: minor !== 0 || isAlways ? <Money minor={minor} currency={currency} /> : null,
  });
  const kept = payment.amount_captured - payment.amount_refunded - (payment.fee ?? 0);
  return (
    <Panel title="Money">
      <Facts
        facts={[
          row("Asked for", payment.amount, true),
          row("Released", payment.amount_reversed),
          row("Captured", payment.amount_captured, true),
          row("Refunded", payment.amount_refunded),
          row("Fee", payment.fee ?? 0),
          { name: "Yours", value: payment.captured ? <Money minor={kept} currency={currency} /> : null },
        ]}
      />
    </Panel>
  );
}

function Metadata({ payment }: { readonly payment: Payment }) {
  return (
    <Panel title="Metadata">
      <JsonView value={payment.metadata} label="the payment's metadata as JSON" />
    </Panel>
  );
}
