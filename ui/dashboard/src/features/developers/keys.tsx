/** API keys: made, rolled with a grace, renamed, revoked. */

import { ActionIcon, Menu, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { hooks, type Schema } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { ConfirmModal } from "../../components/ConfirmModal.tsx";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Id } from "../../components/Id.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { SecretOnce } from "../../components/SecretOnce.tsx";
import { StatusBadge } from "../../components/StatusBadge.tsx";
import { tellDone } from "../../components/tell.ts";
import { useNow, When } from "../../components/When.tsx";
import { useRefresh } from "../../refresh.ts";
import { scopesText, stateOf } from "./keyTerms.ts";
import { NewKey } from "./NewKey.tsx";
import { RenameKey } from "./RenameKey.tsx";
import { RollKey } from "./RollKey.tsx";

type Key = Schema<"ApiKey">;
type Does = "roll" | "rename" | "revoke";

/** What is asked before it is done. */
interface Asked {
  readonly does: Does;
  readonly key: Key;
}

export default function KeysPage() {
  const { can, why } = useSession();
  const refresh = useRefresh();
  const [isMaking, setMaking] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [made, setMade] = useState<Schema<"NewApiKey"> | null>(null);
  const list = hooks.useQuery(
    "get",
    "/api/v1/api_keys",
    { params: { query: { limit: 100 } } },
    { enabled: can("api_keys:read") },
  );
  const reason = why("api_keys:write");
  const columns = useMemo(() => columnsFor(reason, (does, key) => setAsked({ does, key })), [reason]);
  const done = (key: Schema<"NewApiKey">) => {
    setMaking(false);
    setAsked(null);
    refresh();
    if (key.secret === null) {
      tellDone(`${key.key} is made. It is public: your pages may show it.`);
    } else {
      setMade(key);
    }
  };
  if (!can("api_keys:read")) {
    return (
      <>
        <PageHeader title="API keys" />
        <EmptyState icon="keys" title="Your role sees no keys" hint={why("api_keys:read")} />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="API keys"
        description="What your servers and pages show the gateway. Give each of them a key of its own, with no more rights than it needs."
        actions={
          <ActionButton
            why={reason}
            leftSection={<Icon name="plus" size={16} />}
            onClick={() => setMaking(true)}
            data-test-id="create-key-button"
          >
            Create key
          </ActionButton>
        }
      />
      <DataTable
        plain
        label="API keys"
        columns={columns}
        rows={list.data?.data}
        getId={({ id }) => id}
        error={list.error}
        retry={() => void list.refetch()}
        empty={<EmptyState icon="keys" title="No key yet" hint="Create one to call the API." />}
        outline={3}
        testId="api-keys-table"
        rowTestId="api-key-row"
        rowProps={({ key }) => ({ "data-key": key })}
      />
      <NewKey opened={isMaking} close={() => setMaking(false)} done={done} />
      <RollKey apiKey={asked?.does === "roll" ? asked.key : null} close={() => setAsked(null)} done={done} />
      <RenameKey apiKey={asked?.does === "rename" ? asked.key : null} close={() => setAsked(null)} />
      <Revoke apiKey={asked?.does === "revoke" ? asked.key : null} close={() => setAsked(null)} />
      <SecretOnce
        secret={made?.secret ?? null}
        title={`The secret of ${made?.name ?? "the key"}`}
        close={() => setMade(null)}
        testId="new-api-secret"
      >
        {made !== null && (
          <>
            Its public half is <Id value={made.key} label="Copy the key" />. This is the other one: it belongs
            on your server and into no page, app or repository.
            {made.replaced_expires_at && (
              <>
                {" "}
                The former key works until <When at={made.replaced_expires_at} />.
              </>
            )}
          </>
        )}
      </SecretOnce>
    </>
  );
}

function Revoke({ apiKey, close }: { apiKey: Key | null; close: () => void }) {
  const refresh = useRefresh();
  const revoke = hooks.useMutation("delete", "/api/v1/api_keys/{id}", {
    onSuccess: () => {
      refresh();
      close();
      tellDone("Revoked. Nothing is written with it any more.");
    },
  });
  return (
    <ConfirmModal
      opened={apiKey !== null}
      close={close}
      title={`Revoke ${apiKey?.name}?`}
      confirm="Revoke it"
      danger
      onConfirm={() => apiKey && revoke.mutate({ params: { path: { id: apiKey.id } } })}
      isBusy={revoke.isPending}
      error={revoke.error}
      testId="confirm-revoke-key"
    >
      <code>{apiKey?.key}</code> ends for good: whatever still uses it is refused from then on, the signatures
      of checkouts that name it, too. It was last used <When at={apiKey?.last_used_at} relative />. To change
      over in peace, roll it with a grace instead.
    </ConfirmModal>
  );
}

function columnsFor(reason: string | undefined, ask: (does: Does, key: Key) => void): Column<Key>[] {
  return [
    {
      id: "name",
      title: "Name",
      fixed: true,
      cell: ({ name, kind }) => (
        <>
          <Text size="sm" fw={500}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {kind === "publishable" ? "Publishable: sees an order and pays it" : "Secret"}
          </Text>
        </>
      ),
    },
    { id: "key", title: "Key", cell: ({ key }) => <Id value={key} label="Copy the key" testId="key" /> },
    {
      id: "scopes",
      title: "May do",
      cell: ({ scopes, kind }) =>
        kind === "publishable" ? "–" : <span title={scopes.join(", ")}>{scopesText(scopes)}</span>,
    },
    {
      id: "used",
      title: "Last used",
      cell: ({ last_used_at: at }) => (at ? <When at={at} relative /> : "Never"),
    },
    { id: "ends", title: "Ends", cell: (key) => <When at={key.revoked_at ?? key.expires_at} /> },
    { id: "status", title: "Status", cell: (key) => <State apiKey={key} /> },
    {
      id: "actions",
      title: "Actions",
      align: "end",
      cell: (key) => (key.status === "active" ? <Actions apiKey={key} reason={reason} ask={ask} /> : null),
    },
  ];
}

function State({ apiKey }: { apiKey: Key }) {
  return <StatusBadge kind="key" status={stateOf(apiKey, useNow())} />;
}

interface ActionsProps {
  readonly apiKey: Key;
  readonly reason: string | undefined;
  readonly ask: (does: Does, key: Key) => void;
}

function Actions({ apiKey, reason, ask }: ActionsProps) {
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Actions on ${apiKey.name}`}
          data-test-id="key-actions"
        >
          <Icon name="more" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {reason !== undefined && <Menu.Label>{reason}</Menu.Label>}
        <Menu.Item
          disabled={reason !== undefined}
          onClick={() => ask("roll", apiKey)}
          data-test-id="roll-key"
        >
          Roll
        </Menu.Item>
        <Menu.Item disabled={reason !== undefined} onClick={() => ask("rename", apiKey)}>
          Rename
        </Menu.Item>
        <Menu.Item
          disabled={reason !== undefined}
          c="var(--mantine-color-error)"
          onClick={() => ask("revoke", apiKey)}
          data-test-id="revoke-key"
        >
          Revoke
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
