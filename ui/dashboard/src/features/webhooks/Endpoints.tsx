/** All endpoints of the merchant, with how they fare. */

import { Anchor, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Panel } from "../../components/Panel.tsx";
import { summary } from "./events.ts";
import { Health } from "./Health.tsx";
import { NewEndpoint } from "./NewEndpoint.tsx";
import { type Endpoint, endpointName, useEndpoints } from "./useEndpoints.ts";

const pageOf = ({ id }: Endpoint) => `/dashboard/webhooks/endpoints/${id}`;

const COLUMNS: readonly Column<Endpoint>[] = [
  {
    id: "url",
    title: "Endpoint",
    fixed: true,
    cell: (endpoint) => (
      <>
        <Anchor component={Link} to={pageOf(endpoint)} fw={500} inherit>
          {endpointName(endpoint)}
        </Anchor>
        {endpoint.is_default && (
          <Text component="span" c="dimmed" inherit>
            {" · default"}
          </Text>
        )}
        {endpoint.description !== "" && (
          <Text c="dimmed" size="xs">
            {endpoint.url ?? "No URL"}
          </Text>
        )}
      </>
    ),
  },
  { id: "events", title: "Events", cell: ({ event_types }) => <code>{summary(event_types)}</code> },
  { id: "attempts", title: "Attempts", align: "end", cell: ({ schedule_s }) => schedule_s.length + 1 },
  { id: "health", title: "Health", cell: (endpoint) => <Health endpoint={endpoint} /> },
];

export function Endpoints() {
  const { why } = useSession();
  const list = useEndpoints();
  const [isOpen, form] = useDisclosure(false);
  const add = (
    <ActionButton
      variant="default"
      why={why("webhooks:write")}
      leftSection={<Icon name="plus" size={16} />}
      onClick={form.open}
      data-test-id="add-endpoint-button"
    >
      Add endpoint
    </ActionButton>
  );
  return (
    <Panel title="Endpoints" actions={add} flush>
      <DataTable
        label="Webhook endpoints"
        columns={COLUMNS}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={pageOf}
        error={list.error}
        retry={() => void list.refetch()}
        empty={
          <EmptyState
            icon="webhooks"
            title="No endpoint yet"
            hint="An endpoint is a URL of your server. Save one above, or add one that asks for some events alone."
          />
        }
        outline={2}
        plain
        testId="webhook-endpoints-table"
      />
      <NewEndpoint opened={isOpen} close={form.close} />
    </Panel>
  );
}
