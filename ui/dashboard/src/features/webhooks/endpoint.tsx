/** One endpoint: how it fares, what it asks for, its secret, and what was sent there last. */

import { Anchor, Button, Group, Skeleton, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { hooks, idempotently, newIntent } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { ConfirmModal } from "../../components/ConfirmModal.tsx";
import { CurlButton } from "../../components/CurlButton.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Facts } from "../../components/Facts.tsx";
import { Id } from "../../components/Id.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { SecretOnce } from "../../components/SecretOnce.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { When } from "../../components/When.tsx";
import { usePathId } from "../../objects/usePathId.ts";
import { useRefresh } from "../../refresh.ts";
import { EndpointFields } from "./EndpointFields.tsx";
import { changes, formOf, problemsOf } from "./endpointForm.ts";
import { Health, HealthNotice } from "./Health.tsx";
import { Recent } from "./Recent.tsx";
import { RollSecret } from "./RollSecret.tsx";
import { attemptsAt } from "./schedule.ts";
import { TestResult } from "./TestResult.tsx";
import { type Endpoint, endpointName, HEALTH_MS } from "./useEndpoints.ts";

export default function EndpointPage() {
  const id = usePathId();
  const read = hooks.useQuery(
    "get",
    "/api/v1/webhook_endpoints/{id}",
    { params: { path: { id } } },
    { refetchInterval: HEALTH_MS },
  );
  if (read.data === undefined) {
    return (
      <>
        <PageHeader title="Endpoint" back={<Back />} description={<Id value={id} />} />
        {read.error ? (
          <ErrorState error={read.error} retry={() => void read.refetch()} />
        ) : (
          <Skeleton height={420} radius="lg" />
        )}
      </>
    );
  }
  return <Shown endpoint={read.data} />;
}

function Back() {
  return (
    <Anchor component={Link} to="/dashboard/webhooks" size="sm">
      Webhooks
    </Anchor>
  );
}

function Shown({ endpoint }: { endpoint: Endpoint }) {
  const { id } = endpoint;
  const [tested, setTested] = useState<string | null>(null);
  return (
    <>
      <PageHeader
        title={endpointName(endpoint)}
        back={<Back />}
        description={<Id value={id} />}
        actions={<Actions endpoint={endpoint} onTest={setTested} />}
      />
      <Stack gap="lg">
        <HealthNotice endpoint={endpoint} />
        {tested !== null && <TestResult key={tested} id={tested} />}
        <About endpoint={endpoint} />
        {/* Begun anew when the settings are others, and not when the endpoint fares otherwise. */}
        <Settings key={JSON.stringify(formOf(endpoint))} endpoint={endpoint} />
        <Recent endpointId={id} />
      </Stack>
    </>
  );
}

function Actions({ endpoint, onTest }: { endpoint: Endpoint; onTest: (id: string) => void }) {
  const { why } = useSession();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [asks, ask] = useDisclosure(false);
  const { id, enabled, url } = endpoint;
  const params = { path: { id } };
  const test = hooks.useMutation("post", "/api/v1/webhook_endpoints/{id}/test", {
    onSuccess: (sent) => onTest(sent.id),
    onError: tellProblem,
  });
  const change = hooks.useMutation("patch", "/api/v1/webhook_endpoints/{id}", {
    onSuccess: (changed) => {
      refresh();
      tellDone(
        changed.enabled ? "Enabled. Events go there from now on." : "Disabled. Nothing is sent there.",
      );
    },
    onError: tellProblem,
  });
  const remove = hooks.useMutation("delete", "/api/v1/webhook_endpoints/{id}", {
    onSuccess: async () => {
      tellDone("The endpoint is deleted. Its log stays.");
      // First away from here: what is gone can't be read again.
      await navigate({ to: "/dashboard/webhooks" });
      refresh();
    },
  });
  const noUrl = url === null ? "Give it a URL first." : undefined;
  return (
    <>
      <CurlButton method="GET" path={`/api/v1/webhook_endpoints/${id}`} />
      <ActionButton
        variant="default"
        why={why("webhooks:write") ?? noUrl ?? (enabled ? undefined : "Enable it first.")}
        loading={test.isPending}
        onClick={() => test.mutate({ params: { ...params, ...idempotently(newIntent()) } })}
        data-test-id="test-endpoint-button"
      >
        Send test
      </ActionButton>
      <ActionButton
        variant="default"
        why={why("webhooks:write") ?? noUrl}
        loading={change.isPending}
        onClick={() => change.mutate({ params, body: { enabled: !enabled } })}
        data-test-id="switch-endpoint-button"
      >
        {enabled ? "Disable" : "Enable"}
      </ActionButton>
      <ActionButton
        variant="default"
        c="var(--mantine-color-error)"
        why={
          why("webhooks:write") ??
          (endpoint.is_default
            ? "The default endpoint stays. Save no URL for it, and nothing is sent."
            : undefined)
        }
        onClick={ask.open}
        data-test-id="delete-endpoint-button"
      >
        Delete
      </ActionButton>
      <ConfirmModal
        opened={asks}
        close={ask.close}
        title="Delete this endpoint?"
        confirm="Delete it"
        danger
        onConfirm={() => remove.mutate({ params })}
        isBusy={remove.isPending}
        error={remove.error}
        testId="confirm-delete-endpoint"
      >
        Nothing is sent there any more, and what still waits to be sent ends as failed. Its log stays.
      </ConfirmModal>
    </>
  );
}

function About({ endpoint }: { endpoint: Endpoint }) {
  const [secret, setSecret] = useState<string | null>(null);
  const facts = [
    { name: "Health", value: <Health endpoint={endpoint} /> },
    { name: "Failing since", value: endpoint.failing_since && <When at={endpoint.failing_since} /> },
    { name: "Disabled because", value: endpoint.disabled_reason },
    { name: "Attempts", value: attemptsAt(endpoint.schedule_s) },
    { name: "Form of the body", value: <code>{endpoint.api_version}</code> },
    { name: "Created", value: <When at={endpoint.created_at} /> },
    { name: "Changed", value: <When at={endpoint.updated_at} /> },
    {
      name: "Former secret",
      value: endpoint.former_secret_expires_at && (
        <>
          signs on until <When at={endpoint.former_secret_expires_at} />
        </>
      ),
    },
  ];
  return (
    <Panel title="About">
      <Stack gap="lg">
        <Facts facts={facts} />
        <RollSecret endpointId={endpoint.id} onSecret={(rolled) => setSecret(rolled.secret)} />
      </Stack>
      <SecretOnce secret={secret} title="The new secret" close={() => setSecret(null)} testId="new-secret">
        Give it to the server behind this endpoint. Libraries accept whichever of the two signatures fits as
        long as the former secret signs, too.
      </SecretOnce>
    </Panel>
  );
}

function Settings({ endpoint }: { endpoint: Endpoint }) {
  const { why } = useSession();
  const refresh = useRefresh();
  const [form, setForm] = useState(() => formOf(endpoint));
  const [isTried, setTried] = useState(false);
  const save = hooks.useMutation("patch", "/api/v1/webhook_endpoints/{id}", {
    onSuccess: () => {
      refresh();
      tellDone("Saved. It counts for the attempts that begin from now on.");
    },
  });
  const problems = problemsOf(form);
  const body = changes(endpoint, form);
  const isSame = JSON.stringify(body) === "{}";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length === 0 && !isSame) {
      save.mutate({ params: { path: { id: endpoint.id } }, body });
    }
  };
  const reason = why("webhooks:write");
  return (
    <Panel title="Settings">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <EndpointFields
            form={form}
            set={(change) => setForm((now) => ({ ...now, ...change }))}
            problems={isTried ? problems : {}}
            readOnly={reason !== undefined}
          />
          {save.error !== null && <ErrorState error={save.error} />}
          <Group gap="sm">
            <ActionButton
              type="submit"
              why={reason ?? (isSame ? "Nothing is changed." : undefined)}
              loading={save.isPending}
              data-test-id="save-endpoint-button"
            >
              Save changes
            </ActionButton>
            {!isSame && (
              <Button variant="subtle" color="gray" onClick={() => setForm(formOf(endpoint))}>
                Discard
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
