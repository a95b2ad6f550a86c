/** Another name for a key. */

import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { hooks, type Schema } from "../../api/client.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { useRefresh } from "../../refresh.ts";

interface Props {
  /** Null: nothing is asked. */
  readonly apiKey: Schema<"ApiKey"> | null;
  readonly close: () => void;
}

export function RenameKey({ apiKey, close }: Props) {
  return (
    <Modal opened={apiKey !== null} onClose={close} title="Rename the key">
      {apiKey !== null && <Form apiKey={apiKey} close={close} />}
    </Modal>
  );
}

function Form({ apiKey, close }: { apiKey: Schema<"ApiKey">; close: () => void }) {
  const [name, setName] = useState(apiKey.name);
  const refresh = useRefresh();
  const rename = hooks.useMutation("patch", "/api/v1/api_keys/{id}", {
    onSuccess: () => {
      refresh();
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") {
      rename.mutate({ params: { path: { id: apiKey.id } }, body: { name: name.trim() } });
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        {rename.error !== null && <ErrorState error={rename.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={rename.isPending}>
            Rename
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
