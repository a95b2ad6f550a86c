/** Somebody new in the team. */

import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { own } from "../../api/client.ts";
import type { Role } from "../../api/session.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { type NewUser, ROLES, usersQuery } from "./people.ts";

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  /** The new user, with the password that is told once. */
  readonly added: (user: NewUser) => void;
}

export function AddUserModal({ opened, close, added }: Props) {
  const queries = useQueryClient();
  const [role, setRole] = useState<Role>("support");
  const add = useMutation({
    mutationFn: (user: { email: string; name: string; role: Role }) => own<NewUser>("POST", "/users", user),
    onSuccess: (user) => {
      close();
      added(user);
      return queries.invalidateQueries({ queryKey: usersQuery.queryKey });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    add.mutate({ email: String(form.get("email")).trim(), name: String(form.get("name")).trim(), role });
  };
  return (
    <Modal opened={opened} onClose={close} title="Add somebody" onExitTransitionEnd={add.reset}>
      <form onSubmit={submit} data-test-id="add-user-form">
        <Stack gap="md">
          {add.error && <ErrorState error={add.error} />}
          <TextInput
            name="name"
            label="Name"
            autoComplete="off"
            maxLength={100}
            required
            withAsterisk={false}
            data-autofocus
          />
          <TextInput
            name="email"
            label="Email"
            type="email"
            autoComplete="off"
            required
            withAsterisk={false}
          />
          <Select
            label="Role"
            description={ROLES.find(({ value }) => value === role)?.may}
            inputWrapperOrder={["label", "input", "description"]}
            data={ROLES}
            value={role}
            allowDeselect={false}
            onChange={(chosen) => setRole(chosen as Role)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
