/** Who may sign in for this merchant, and what they may do. */

import { ActionIcon, Menu, Select, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { own } from "../../api/client.ts";
import { type Role, useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { ConfirmModal } from "../../components/ConfirmModal.tsx";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Badge } from "../../components/StatusBadge.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { When } from "../../components/When.tsx";
import { AddUserModal } from "./AddUserModal.tsx";
import { PasswordModal } from "./PasswordModal.tsx";
import { type NewUser, ROLES, type User, usersQuery } from "./people.ts";
import styles from "./settings.module.css";

/** What is asked before it is done. */
interface Asked {
  readonly does: "disable" | "reset";
  readonly user: User;
}

export default function TeamPage() {
  const { user: me } = useSession();
  const isAdmin = me.role === "admin";
  const users = useQuery({ ...usersQuery, enabled: isAdmin });
  const [isAdding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [told, setTold] = useState<NewUser | null>(null);
  const change = useChange();
  const reset = useMutation({
    mutationFn: (user: User) => own<NewUser>("POST", `/users/${user.id}/reset-password`),
    onSuccess: (answer, user) => {
      setAsked(null);
      setTold({ ...user, ...answer });
    },
  });
  const { mutate } = change;
  const columns = useMemo(
    () => columnsFor(me.id, (user, what) => mutate({ user, ...what }), setAsked),
    [me.id, mutate],
  );

  if (!isAdmin) {
    return (
      <>
        <PageHeader title="Team" />
        <EmptyState
          icon="team"
          title="An admin keeps the team"
          hint="Ask one of your admins to add or change somebody."
        />
      </>
    );
  }
  const isDisabling = asked?.does === "disable";
  return (
    <>
      <PageHeader
        title="Team"
        description="Who may sign in for this merchant, and what they may do."
        actions={
          <ActionButton
            leftSection={<Icon name="plus" size={16} />}
            onClick={() => setAdding(true)}
            data-test-id="add-user-button"
          >
            Add somebody
          </ActionButton>
        }
      />
      <DataTable
        plain
        label="Team"
        columns={columns}
        rows={users.data?.data}
        getId={({ id }) => id}
        error={users.error}
        retry={() => void users.refetch()}
        outline={3}
        testId="users-table"
        rowTestId="user-row"
        rowProps={({ id }) => ({ "data-user-id": id })}
      />
      <Stack mt="lg">
        <Panel title="What each role may do">
          <Facts facts={ROLES.map(({ label, may }) => ({ name: label, value: may }))} />
        </Panel>
      </Stack>
      <AddUserModal opened={isAdding} close={() => setAdding(false)} added={setTold} />
      <PasswordModal user={told} close={() => setTold(null)} />
      <ConfirmModal
        opened={asked !== null}
        close={() => setAsked(null)}
        title={isDisabling ? `Disable ${asked.user.email}?` : `A new password for ${asked?.user.email}?`}
        confirm={isDisabling ? "Disable" : "Make a new password"}
        danger={isDisabling}
        isBusy={change.isPending || reset.isPending}
        error={isDisabling ? change.error : reset.error}
        onConfirm={() => {
          if (isDisabling) {
            change.mutate({ user: asked.user, disabled: true }, { onSuccess: () => setAsked(null) });
          } else if (asked !== null) {
            reset.mutate(asked.user);
          }
        }}
      >
        {isDisabling
          ? "Their sessions end at once, and they can't sign in until you enable them again. What they did stays in the trail."
          : "Their sessions end at once, and the old password is worth nothing. The new one is shown to you once."}
      </ConfirmModal>
    </>
  );
}

interface Change {
  readonly role?: Role;
  readonly disabled?: boolean;
}

function useChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ user, ...what }: Change & { user: User }) => own<User>("PATCH", `/users/${user.id}`, what),
    onSuccess: ({ email }) => tellDone(`${email} was changed.`),
    onError: tellProblem,
    onSettled: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
}

function columnsFor(
  me: string,
  change: (user: User, what: Change) => void,
  ask: (asked: Asked) => void,
): readonly Column<User>[] {
  return [
    {
      id: "person",
      title: "Person",
      cell: ({ id, name, email }) => (
        <span className={styles.person}>
          <span>
            {name || email} {id === me && <Badge tone="info">You</Badge>}
          </span>
          <span className={styles.email}>{email}</span>
        </span>
      ),
    },
    {
      id: "role",
      title: "Role",
      cell: (user) => (
        <Select
          size="xs"
          w={132}
          aria-label={`Role of ${user.email}`}
          data={ROLES}
          value={user.role}
          allowDeselect={false}
          onChange={(role) => change(user, { role: role as Role })}
        />
      ),
    },
    {
      id: "state",
      title: "State",
      cell: ({ disabled }) =>
        disabled ? <Badge tone="warn">Disabled</Badge> : <Badge tone="good">Active</Badge>,
    },
    { id: "added", title: "Added", cell: ({ created_at }) => <When at={created_at} form="date" /> },
    {
      id: "more",
      title: "Actions",
      quiet: true,
      align: "end",
      cell: (user) => (
        <Menu>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={`Change ${user.email}`}>
              <Icon name="more" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {user.id !== me && (
              <Menu.Item onClick={() => ask({ does: "reset", user })}>New password</Menu.Item>
            )}
            {user.disabled ? (
              <Menu.Item onClick={() => change(user, { disabled: false })}>Enable</Menu.Item>
            ) : (
              <Menu.Item onClick={() => ask({ does: "disable", user })}>Disable</Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      ),
    },
  ];
}
