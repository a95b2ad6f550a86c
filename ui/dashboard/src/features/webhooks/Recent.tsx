/** What was sent to one endpoint last. */

import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { hooks } from "../../api/client.ts";
import { DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { Panel } from "../../components/Panel.tsx";
import { deliveryColumns, deliveryPage } from "./deliveryColumns.tsx";
import { pace } from "./pace.ts";

const LIMIT = 10;

export function Recent({ endpointId }: { endpointId: string }) {
  const list = hooks.useQuery(
    "get",
    "/api/v1/webhooks",
    { params: { query: { limit: LIMIT, webhook_endpoint_id: endpointId } } },
    { refetchInterval: ({ state }) => pace(state.data?.data, new Date()) },
  );
  const columns = useMemo(() => deliveryColumns(undefined).filter(({ id }) => id !== "endpoint"), []);
  return (
    <Panel
      title="Last deliveries"
      flush
      actions={
        <Anchor
          component={Link}
          to="/dashboard/webhooks"
          search={{ endpoint: endpointId } as never}
          size="sm"
        >
          All of them
        </Anchor>
      }
    >
      <DataTable
        label="Last deliveries"
        columns={columns}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={deliveryPage}
        error={list.error}
        retry={() => void list.refetch()}
        empty={
          <EmptyState icon="send" title="Nothing was sent here yet" hint="Send a test, or make a payment." />
        }
        outline={3}
        plain
      />
    </Panel>
  );
}
