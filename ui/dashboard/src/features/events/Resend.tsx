/** Sends an event again: to whom, what, and only then. */

import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { hooks, idempotently, type Schema } from "../../api/client.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { JsonView } from "../../components/JsonView.tsx";
import { tellDone } from "../../components/tell.ts";
import { unlessBusy } from "../../dialog.ts";
import { intentAbout } from "../../intent.ts";
import { useRefresh } from "../../refresh.ts";
import { asksFor, webhookBody } from "./list.ts";

interface Given {
  readonly event: Schema<"Event">;
  readonly close: () => void;
}

const EVERY = "";

export function Resend({ event, close }: Given) {
  const [endpointId, setEndpointId] = useState(EVERY);
  const intent = intentAbout(`resend ${event.id}`);
  const refresh = useRefresh();
  const endpoints = hooks.useQuery("get", "/api/v1/webhook_endpoints", { params: { query: { limit: 100 } } });
  const all = endpoints.data?.data ?? [];
  const asking = all.filter((endpoint) => asksFor(endpoint, event.type)).length;
  const act = hooks.useMutation("post", "/api/v1/events/{id}/resend", {
    onSuccess: ({ deliveries }) => {
      tellDone(`Sent again to ${deliveries.length} ${deliveries.length === 1 ? "endpoint" : "endpoints"}.`);
      refresh();
      close();
    },
    onSettled: (_answer, error) => intent.settle(error ?? undefined),
  });
  const send = () => {
    const body = endpointId === EVERY ? {} : { webhook_endpoint_id: endpointId };
    act.mutate({ params: { path: { id: event.id }, ...idempotently(intent.keyFor(body)) }, body });
  };
  const leave = unlessBusy(act.isPending, close);
  const isNobody = endpoints.data !== undefined && endpointId === EVERY && asking === 0;
  return (
    <Modal
      opened
      onClose={leave}
      title="Send the event again"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        <Select
          label="To"
          data={[
            { value: EVERY, label: `Every endpoint that asks for ${event.type} (${asking})` },
            ...all
              .filter(({ url }) => url !== null)
              .map(({ id, url, enabled }) => ({
                value: id,
                label: `${url}${enabled ? "" : " (disabled)"}`,
                disabled: !enabled,
              })),
          ]}
          value={endpointId}
          allowDeselect={false}
          onChange={(chosen) => setEndpointId(chosen ?? EVERY)}
          data-autofocus
          data-test-id="endpoint-select"
        />
        <Text size="sm">
          {isNobody
            ? "No endpoint asks for such events: choose one, or add one under Webhooks first."
            : "It goes at once, with all attempts before it. The body is the same as ever, and so is its webhook-id: a server that has it already can tell."}
        </Text>
        <JsonView value={webhookBody(event)} label="the body that is sent" />
        {act.error !== null && <ErrorState error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={leave} disabled={act.isPending}>
            Cancel
          </Button>
          <Button onClick={send} loading={act.isPending} disabled={isNobody} data-test-id="confirm-button">
            Send again
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
