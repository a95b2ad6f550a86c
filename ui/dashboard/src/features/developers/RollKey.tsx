/** A new key on the terms of another one, which works on for as long as one chooses. */

import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { hooks, idempotently, type Schema } from "../../api/client.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { intentAbout } from "../../intent.ts";
import { GRACES, rollText } from "./keyTerms.ts";

interface Props {
  /** Null: nothing is asked. */
  readonly apiKey: Schema<"ApiKey"> | null;
  readonly close: () => void;
  readonly done: (made: Schema<"NewApiKey">) => void;
}

export function RollKey({ apiKey, close, done }: Props) {
  return (
    <Modal opened={apiKey !== null} onClose={close} title={`Roll ${apiKey?.name}`}>
      {apiKey !== null && <Asked apiKey={apiKey} close={close} done={done} />}
    </Modal>
  );
}

function Asked({ apiKey, close, done }: Omit<Props, "apiKey"> & { apiKey: Schema<"ApiKey"> }) {
  const { id, kind } = apiKey;
  const [grace, setGrace] = useState("86400");
  const intent = intentAbout(`roll ${id}`);
  const roll = hooks.useMutation("post", "/api/v1/api_keys/{id}/roll", {
    onSuccess: (made) => {
      intent.settle();
      done(made);
    },
    onError: (error) => intent.settle(error),
  });
  const body = { grace_s: Number(grace) };
  return (
    <Stack gap="md">
      <Select
        label="The present key works on"
        data={GRACES}
        value={grace}
        onChange={(chosen) => setGrace(chosen ?? "86400")}
        allowDeselect={false}
        data-autofocus
      />
      <Text size="sm">{rollText(body.grace_s, kind)}</Text>
      {roll.error !== null && <ErrorState error={roll.error} />}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={close}>
          Keep as it is
        </Button>
        <Button
          loading={roll.isPending}
          onClick={() =>
            roll.mutate({ params: { path: { id }, ...idempotently(intent.keyFor([id, body])) }, body })
          }
          data-test-id="confirm-roll-key"
        >
          Roll the key
        </Button>
      </Group>
    </Stack>
  );
}
