/** The newest payments: they appear by themselves. */

import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { hooks } from "../../api/client.ts";
import { EmptyState } from "../../components/EmptyState.tsx";
import { Panel } from "../../components/Panel.tsx";
import { PaymentsTable } from "../../objects/PaymentsTable.tsx";

const QUERY = { limit: 8 };

export function Newest() {
  const list = hooks.useQuery("get", "/api/v1/payments", { params: { query: QUERY } });
  return (
    <Panel
      flush
      title="Newest payments"
      actions={
        <Anchor component={Link} to="/dashboard/payments" size="sm">
          All payments
        </Anchor>
      }
    >
      <PaymentsTable
        label="The newest payments"
        rows={list.data?.data}
        error={list.error}
        retry={() => void list.refetch()}
        testId="newest-payments"
        empty={
          <EmptyState
            icon="payments"
            title="No payments yet"
            hint={
              <>
                Make one from the{" "}
                <Anchor component={Link} to="/dashboard/docs">
                  quick start
                </Anchor>
                : it shows here at once.
              </>
            }
          />
        }
      />
    </Panel>
  );
}
