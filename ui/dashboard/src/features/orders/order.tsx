/** One order: what is asked for, and every try to pay it. */

import { hooks, type Schema } from "../../api/client.ts";
import { CurlButton } from "../../components/CurlButton.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Id } from "../../components/Id.tsx";
import { JsonView } from "../../components/JsonView.tsx";
import { Money } from "../../components/Money.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { Columns } from "../../objects/Columns.tsx";
import { Back, Loading } from "../../objects/Loading.tsx";
import { PaymentsTable } from "../../objects/PaymentsTable.tsx";
import { usePathId } from "../../objects/usePathId.ts";

const BACK = { to: "/dashboard/orders", name: "Orders" };

export default function OrderPage() {
  const id = usePathId();
  const order = hooks.useQuery("get", "/api/v1/orders/{id}", { params: { path: { id } } });
  if (order.data === undefined) {
    return (
      <Loading title="Order" id={id} back={BACK} error={order.error} retry={() => void order.refetch()} />
    );
  }
  return <Shown order={order.data} />;
}

function Shown({ order }: { readonly order: Schema<"Order"> }) {
  const { id, amount, currency, status } = order;
  return (
    <>
      <PageHeader
        title={`Order ${id}`}
        shown={
          <>
            <Money minor={amount} currency={currency} testId="amount" />{" "}
            <StatusBadge kind="order" status={status} testId="status" />
          </>
        }
        back={<Back {...BACK} />}
        description={<Id value={id} testId="order-id" />}
        actions={<CurlButton method="GET" path={`/api/v1/orders/${id}`} />}
      />
      <Columns
        main={
          <>
            <Attempts id={id} />
            <Panel title="JSON">
              <JsonView value={order} label="the order as JSON" />
            </Panel>
          </>
        }
        side={
          <>
            <Details order={order} />
            {Object.keys(order.notes).length > 0 && (
              <Panel title="Notes">
                <JsonView value={order.notes} label="the order's notes as JSON" />
              </Panel>
            )}
          </>
        }
      />
    </>
  );
}

function Attempts({ id }: { readonly id: string }) {
  const list = hooks.useQuery("get", "/api/v1/payments", { params: { query: { order_id: id, limit: 100 } } });
  return (
    <Panel flush title="Payments" description="Every try to pay it, the newest first.">
      <PaymentsTable
        label="Payments of the order"
        rows={list.data?.data}
        error={list.error}
        retry={() => void list.refetch()}
        testId="attempts-table"
        empty={
          <EmptyState
            icon="payments"
            title="Nobody has tried to pay it yet"
            hint="Open the checkout with this order's id; each try shows here at once."
          />
        }
      />
    </Panel>
  );
}

function Details({ order }: { readonly order: Schema<"Order"> }) {
  const { currency } = order;
  return (
    <Panel title="Details">
      <Facts
        facts={[
          { name: "Paid", value: <Money minor={order.amount_paid} currency={currency} /> },
          { name: "Due", value: <Money minor={order.amount_due} currency={currency} /> },
          { name: "Attempts", value: order.attempts },
          { name: "Receipt", value: order.receipt },
          {
            name: "Expires",
            value: order.expires_at === null ? "Never" : <When at={order.expires_at} form="long" />,
          },
          { name: "Created", value: <When at={order.created_at} form="long" /> },
          { name: "Last change", value: <When at={order.updated_at} form="long" /> },
        ]}
      />
    </Panel>
  );
}
