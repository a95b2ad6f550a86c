/** One request of the log in full. */

import { Drawer, Group, Stack } from "@mantine/core";
import { CurlButton } from "../../components/CurlButton.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Id } from "../../components/Id.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { duration } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import { idempotencyText, type LoggedRequest, requestOf } from "./requestLog.ts";

interface Props {
  /** Undefined: none is shown. */
  readonly request: LoggedRequest | undefined;
  readonly close: () => void;
}

export function RequestDrawer({ request, close }: Props) {
  return (
    <Drawer
      opened={request !== undefined}
      onClose={close}
      position="right"
      size={520}
      title="Request"
      padding="md"
    >
      {request !== undefined && <Shown request={request} />}
    </Drawer>
  );
}

function Shown({ request }: { request: LoggedRequest }) {
  const locale = useLocale();
  const facts = [
    { name: "Method", value: request.method },
    { name: "Path", value: <code>{request.path}</code> },
    { name: "Route", value: <code>{request.route}</code> },
    { name: "Status", value: <StatusBadge kind="http" status={request.status} /> },
    { name: "Error", value: request.error_code && <code>{request.error_code}</code> },
    { name: "Idempotency", value: idempotencyText(request) },
    { name: "Took", value: duration(request.duration_ms, locale) },
    { name: "When", value: <When at={request.at} form="long" /> },
    { name: "Key", value: request.api_key && <Id value={request.api_key} label="Copy the key" /> },
    { name: "Person", value: request.user },
    { name: "Request id", value: <Id value={request.request_id} label="Copy the request's id" /> },
    { name: "Address", value: request.address },
    { name: "Program", value: request.user_agent },
  ];
  return (
    <Stack gap="md" data-test-id="request-detail">
      <Facts facts={facts} />
      <Group>
        {/* Its body was not kept: what reads can be asked again as it was. */}
        <CurlButton {...requestOf(request)} />
      </Group>
    </Stack>
  );
}
