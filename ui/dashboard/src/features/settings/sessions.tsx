/** Where one is signed in, and one's password. */

import { Button, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { own } from "../../api/client.ts";
import { sessionQuery } from "../../api/session.ts";
import { ConfirmModal } from "../../components/ConfirmModal.tsx";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Badge } from "../../components/StatusBadge.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { When } from "../../components/When.tsx";
import { agentOf } from "./agent.ts";
import { PasswordForm } from "./PasswordForm.tsx";
import { type OpenSession, sessionsQuery } from "./people.ts";

export default function SessionsPage() {
  const sessions = useQuery(sessionsQuery);
  const queries = useQueryClient();
  const [isEnding, setEnding] = useState(false);
  const end = useMutation({
    mutationFn: (id: string) => own<void>("DELETE", `/sessions/${id}`),
    onSuccess: () => {
      tellDone("That session has ended.");
      return queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
    onError: tellProblem,
  });
  const endAll = useMutation({
    mutationFn: () => own<void>("POST", "/sessions/end-all"),
    // Ours is one of them: the shell leads to the login page.
    onSuccess: () => queries.setQueryData(sessionQuery.queryKey, null),
  });

  const columns: readonly Column<OpenSession>[] = [
    {
      id: "browser",
      title: "Browser",
      cell: ({ user_agent, current }) => (
        <>
          {agentOf(user_agent)} {current && <Badge tone="good">This one</Badge>}
        </>
      ),
    },
    { id: "address", title: "Address", cell: ({ address }) => <code>{address}</code> },
    { id: "last", title: "Last seen", cell: ({ last_seen_at }) => <When at={last_seen_at} relative /> },
    { id: "since", title: "Signed in", cell: ({ created_at }) => <When at={created_at} /> },
    {
      id: "end",
      title: "Actions",
      quiet: true,
      align: "end",
      cell: ({ id, current, user_agent }) =>
        !current && (
          <Button
            variant="default"
            size="compact-sm"
            loading={end.isPending && end.variables === id}
            onClick={() => end.mutate(id)}
            aria-label={`End the session of ${agentOf(user_agent)}`}
          >
            End
          </Button>
        ),
    },
  ];

  return (
    <>
      <PageHeader
        title="Sessions"
        description="Where you are signed in. End what you do not know, and change your password."
      />
      <Stack gap="lg">
        <Panel
          title="Open sessions"
          flush
          actions={
            <Button variant="default" onClick={() => setEnding(true)} data-test-id="end-all-button">
              Sign out everywhere
            </Button>
          }
        >
          <DataTable
            plain
            label="Open sessions"
            columns={columns}
            rows={sessions.data?.data}
            getId={({ id }) => id}
            error={sessions.error}
            retry={() => void sessions.refetch()}
            outline={2}
            testId="sessions-table"
          />
        </Panel>
        <PasswordForm />
      </Stack>
      <ConfirmModal
        opened={isEnding}
        close={() => setEnding(false)}
        title="Sign out everywhere?"
        confirm="Sign out everywhere"
        onConfirm={() => endAll.mutate()}
        isBusy={endAll.isPending}
        error={endAll.error}
      >
        Every session of yours ends at once, this one too. You will be asked to sign in again.
      </ConfirmModal>
    </>
  );
}
