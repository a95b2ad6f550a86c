/** Makes an endpoint, and shows its secret this once. */

import { Button, Group, Modal, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { hooks, idempotently } from "../../api/client.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { SecretOnce } from "../../components/SecretOnce.tsx";
import { intentAbout } from "../../intent.ts";
import { useRefresh } from "../../refresh.ts";
import { EndpointFields } from "./EndpointFields.tsx";
import { creation, EMPTY, problemsOf } from "./endpointForm.ts";

export function NewEndpoint({ opened, close }: { opened: boolean; close: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <Modal opened={opened} onClose={close} title="New endpoint" size="lg">
        <Form
          close={close}
          done={(made) => {
            close();
            setSecret(made);
          }}
        />
      </Modal>
      <SecretOnce
        secret={secret}
        title="The endpoint's secret"
        close={() => setSecret(null)}
        testId="new-secret"
      >
        Your server verifies with it what comes to the new endpoint: each endpoint signs with a secret of its
        own.
      </SecretOnce>
    </>
  );
}

function Form({ close, done }: { close: () => void; done: (secret: string) => void }) {
  const [form, setForm] = useState(EMPTY);
  const [isTried, setTried] = useState(false);
  const intent = intentAbout("new endpoint");
  const refresh = useRefresh();
  const create = hooks.useMutation("post", "/api/v1/webhook_endpoints", {
    onSuccess: ({ secret }) => {
      intent.settle();
      refresh();
      done(secret);
    },
    onError: (error) => intent.settle(error),
  });
  const problems = problemsOf(form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length === 0) {
      const body = creation(form);
      create.mutate({ body, params: idempotently(intent.keyFor(body)) });
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <EndpointFields
          form={form}
          set={(change) => setForm((now) => ({ ...now, ...change }))}
          problems={isTried ? problems : {}}
        />
        {create.error !== null && <ErrorState error={create.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} data-test-id="create-endpoint-button">
            Create endpoint
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
