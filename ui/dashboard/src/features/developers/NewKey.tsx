/** Makes a key: its name, what it may do, how long. */

import { Button, Group, Modal, Radio, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { hooks, idempotently, type Schema } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { intentAbout } from "../../intent.ts";
import { type KeyForm, keyProblems, LIVES, NEW_KEY, newKey } from "./keyTerms.ts";
import { ScopeChoice } from "./ScopeChoice.tsx";

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly done: (made: Schema<"NewApiKey">) => void;
}

export function NewKey({ opened, close, done }: Props) {
  return (
    <Modal opened={opened} onClose={close} title="New API key" size="lg">
      <Form close={close} done={done} />
    </Modal>
  );
}

function Form({ close, done }: Omit<Props, "opened">) {
  const { scopes, user } = useSession();
  const [form, setForm] = useState(NEW_KEY);
  const [isTried, setTried] = useState(false);
  // Of one instant, so that the same wish is the same request when it is repeated.
  const [since] = useState(() => new Date());
  const intent = intentAbout("new key");
  const create = hooks.useMutation("post", "/api/v1/api_keys", {
    onSuccess: (made) => {
      intent.settle();
      done(made);
    },
    onError: (error) => intent.settle(error),
  });
  const set = (change: Partial<KeyForm>) => setForm((now) => ({ ...now, ...change }));
  const problems = isTried ? keyProblems(form) : {};
  const isAdmin = user.role === "admin";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(keyProblems(form)).length === 0) {
      const body = newKey(form, isAdmin ? null : scopes, since);
      create.mutate({ body, params: idempotently(intent.keyFor(body)) });
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label="Name"
          required
          placeholder="Shop's server"
          maxLength={100}
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={problems.name}
          data-autofocus
          data-test-id="key-name-input"
        />
        <Radio.Group
          label="Kind"
          value={form.kind}
          onChange={(kind) => set({ kind: kind === "publishable" ? "publishable" : "secret" })}
        >
          <Stack gap={8} mt={6}>
            <Radio value="secret" label="Secret" description="For your server: a public half and a secret." />
            <Radio
              value="publishable"
              label="Publishable"
              description="For your pages: it sees an order and pays it, and has no secret."
            />
          </Stack>
        </Radio.Group>
        {form.kind === "secret" && (
          <>
            <Radio.Group
              label="It may do"
              value={form.everything ? "all" : "some"}
              onChange={(value) => set({ everything: value === "all" })}
              error={problems.scopes}
            >
              <Group gap="lg" mt={6}>
                <Radio value="all" label={isAdmin ? "Everything" : "Everything that you may do"} />
                <Radio value="some" label="Only this" />
              </Group>
            </Radio.Group>
            {!form.everything && (
              <ScopeChoice mine={scopes} chosen={form.scopes} set={(chosen) => set({ scopes: chosen })} />
            )}
          </>
        )}
        <Group gap="md" grow align="start">
          <Select
            label="Ends after"
            data={LIVES}
            value={form.days}
            onChange={(days) => set({ days: days ?? "" })}
            allowDeselect={false}
          />
          <TextInput
            label="At most requests a second"
            placeholder="The gateway's limit"
            inputMode="numeric"
            value={form.rateLimit}
            onChange={(event) => set({ rateLimit: event.currentTarget.value })}
            error={problems.rateLimit}
          />
        </Group>
        {create.error !== null && <ErrorState error={create.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} data-test-id="confirm-create-key">
            Create key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
