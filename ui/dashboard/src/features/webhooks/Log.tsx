/** Every delivery: filtered by the address, kept up to date, and sent again one by one or many at once. */

import { useDisclosure } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";
import { hooks } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { type Filter, FilterBar } from "../../components/FilterBar.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Pager } from "../../components/Pager.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useUrl } from "../../url.ts";
import { deliveryColumns, deliveryPage } from "./deliveryColumns.tsx";
import { EVENT_TYPES } from "./events.ts";
import { aboutProblem, isFiltered, logQuery, REASONS, readLog, retryFilter } from "./filters.ts";
import { pace } from "./pace.ts";
import { RetryMany } from "./RetryMany.tsx";
import { reasonText } from "./retryMany.ts";
import { type Endpoint, endpointName, useEndpoints } from "./useEndpoints.ts";

const LIMIT = 20;

export function Log() {
  const { why } = useSession();
  const [filter] = useUrl(readLog);
  const endpoints = useEndpoints().data?.data;
  const [isOpen, many] = useDisclosure(false);
  const list = hooks.useQuery(
    "get",
    "/api/v1/webhooks",
    { params: { query: logQuery(filter, LIMIT) } },
    { refetchInterval: ({ state }) => pace(state.data?.data, new Date()), placeholderData: keepPreviousData },
  );
  const columns = useMemo(() => deliveryColumns(endpoints), [endpoints]);
  const filters = useMemo(() => filtersOf(endpoints), [endpoints]);
  const again = retryFilter(filter);
  const isAny = isFiltered(filter);
  return (
    <Panel title="Deliveries" description="One for each event and endpoint, the newest first." flush>
      <DataTable
        label="Webhook deliveries"
        columns={columns}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={deliveryPage}
        error={list.error}
        retry={() => void list.refetch()}
        isOld={list.isPlaceholderData}
        filters={<FilterBar filters={filters} />}
        actions={
          <ActionButton
            variant="default"
            why={why("webhooks:write") ?? ("why" in again ? again.why : undefined)}
            leftSection={<Icon name="refresh" size={16} />}
            onClick={many.open}
            data-test-id="retry-many-button"
          >
            Send many again
          </ActionButton>
        }
        empty={
          isAny ? (
            <EmptyState
              icon="filter"
              title="No delivery fits these filters"
              hint="Take one away, or clear them all."
            />
          ) : (
            <EmptyState
              icon="send"
              title="Nothing was sent yet"
              hint="Save a URL above and press “Send test”, or make a payment: each of its events is a delivery here."
            />
          )
        }
        footer={<Pager list={list.data} noun="deliveries" />}
        testId="webhook-logs-table"
        rowTestId="webhook-log-item"
      />
      {!("why" in again) && (
        <RetryMany opened={isOpen} close={many.close} filter={again} endpoints={endpoints} />
      )}
    </Panel>
  );
}

function filtersOf(endpoints: readonly Endpoint[] | undefined): Filter[] {
  const same = (value: string) => ({ value, label: value });
  return [
    {
      kind: "choice",
      name: "status",
      label: "Status",
      options: [
        { value: "pending", label: "Pending" },
        { value: "success", label: "Delivered" },
        { value: "failed", label: "Failed" },
      ],
      width: 130,
      testId: "filter-status",
    },
    {
      kind: "choice",
      name: "event",
      label: "Event",
      options: EVENT_TYPES.map(same),
      width: 210,
      testId: "filter-event",
    },
    {
      kind: "choice",
      name: "endpoint",
      label: "Endpoint",
      options: (endpoints ?? []).map((one) => ({ value: one.id, label: endpointName(one) })),
      width: 210,
      testId: "filter-endpoint",
    },
    {
      kind: "choice",
      name: "reason",
      label: "Failed because",
      options: REASONS.map((reason) => ({ value: reason, label: reasonText(reason) })),
      width: 210,
      testId: "filter-reason",
    },
    {
      kind: "text",
      name: "about",
      label: "pay_… or evt_…",
      check: aboutProblem,
      width: 190,
      testId: "filter-about",
    },
    { kind: "day", name: "from", label: "From" },
    { kind: "day", name: "to", label: "To" },
  ];
}
