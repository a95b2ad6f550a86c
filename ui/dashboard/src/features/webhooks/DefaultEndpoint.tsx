/** Where events go by default: the URL, its secret, and a test. */

import { Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { hooks, idempotently, newIntent, type Schema } from "../../api/client.ts";
import { asProblem } from "../../api/problem.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Panel } from "../../components/Panel.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { When } from "../../components/When.tsx";
import { useRefresh } from "../../refresh.ts";
import styles from "./DefaultEndpoint.module.css";
import { urlProblem } from "./endpointForm.ts";
import { HealthNotice } from "./Health.tsx";
import { RollSecret } from "./RollSecret.tsx";
import { Secret } from "./Secret.tsx";
import { TestResult } from "./TestResult.tsx";
import { HEALTH_MS, useEndpoints } from "./useEndpoints.ts";

export function DefaultEndpoint() {
  const profile = hooks.useQuery("get", "/api/v1/merchants/profile", {}, { refetchInterval: HEALTH_MS });
  return (
    <Panel
      title="Your endpoint"
      description="Every event is POSTed to this URL, signed. More endpoints, each with a filter of its own, are below."
      testId="webhook-config"
    >
      {profile.error ? (
        <ErrorState error={profile.error} retry={() => void profile.refetch()} />
      ) : profile.data === undefined ? (
        <Skeleton height={148} />
      ) : (
        <Settings profile={profile.data} />
      )}
    </Panel>
  );
}

function Settings({ profile }: { profile: Schema<"Profile"> }) {
  const { test_credentials } = useSession();
  const former = useEndpoints().data?.data.find((endpoint) => endpoint.is_default);
  const [isNew, setNew] = useState(false);
  return (
    <Stack gap="md">
      <HealthNotice
        endpoint={{
          url: profile.webhook_url,
          enabled: profile.webhook_enabled,
          disabled_reason: profile.webhook_disabled_reason,
          disabled_at: profile.webhook_disabled_at,
          failing_since: profile.webhook_failing_since,
        }}
      />
      <UrlForm saved={profile.webhook_url} />
      <Group gap="lg" align="end" justify="space-between">
        <div>
          <Text className={styles.label}>Secret that signs</Text>
          {/* The test merchant's is in every guide; one that has just been made is to be copied. */}
          {profile.webhook_secret === null ? (
            <Text size="sm" c="dimmed">
              Shown to who may change it.
            </Text>
          ) : (
            <Secret
              key={profile.webhook_secret}
              value={profile.webhook_secret}
              shown={isNew || test_credentials !== null}
              testId="webhook-secret"
            />
          )}
          {former?.former_secret_expires_at && (
            <Text size="sm" c="dimmed" mt={6}>
              The former one signs beside it until <When at={former.former_secret_expires_at} />.
            </Text>
          )}
        </div>
        <RollSecret
          endpointId={former?.id}
          onSecret={() => {
            setNew(true);
            tellDone("The secret is rolled. Give your server the new one.");
          }}
        />
      </Group>
    </Stack>
  );
}

function UrlForm({ saved }: { saved: string | null }) {
  const { why } = useSession();
  const [url, setUrl] = useState(saved ?? "");
  const [tested, setTested] = useState<string | null>(null);
  const refresh = useRefresh();
  useEffect(() => setUrl(saved ?? ""), [saved]);
  const save = hooks.useMutation("put", "/api/v1/merchants/webhook", {
    onSuccess: ({ webhook_url }) => {
      setTested(null);
      refresh();
      tellDone(webhook_url === null ? "Nothing is sent any more." : "Saved. Events go there from now on.");
    },
  });
  const test = hooks.useMutation("post", "/api/v1/merchants/webhook/test", {
    onSuccess: ({ id }) => {
      setTested(id);
      refresh();
    },
    onError: tellProblem,
  });
  const wanted = url.trim();
  const problem = wanted === "" ? null : urlProblem(wanted);
  const isSaved = wanted === (saved ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null && !isSaved) {
      save.mutate({ body: { webhook_url: wanted === "" ? null : wanted } });
    }
  };
  const refused = save.error === null ? undefined : asProblem(save.error).description;
  return (
    <form onSubmit={submit} data-test-id="webhook-config-form" noValidate>
      <Stack gap="sm">
        <Group gap={8} align="start">
          <TextInput
            label="URL"
            type="url"
            placeholder="https://shop.example/webhook"
            description="Empty: nothing is sent."
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            error={problem ?? refused}
            readOnly={why("webhooks:write") !== undefined}
            flex="1 1 320px"
            data-test-id="webhook-url-input"
          />
          <Group gap={8} className={styles.buttons}>
            <ActionButton
              type="submit"
              why={why("webhooks:write") ?? (isSaved ? "This is what is saved." : (problem ?? undefined))}
              loading={save.isPending}
              data-test-id="save-webhook-button"
            >
              Save
            </ActionButton>
            <ActionButton
              variant="default"
              why={
                why("webhooks:write") ??
                (saved === null ? "Save a URL first." : isSaved ? undefined : "Save the URL first.")
              }
              loading={test.isPending}
              onClick={() => test.mutate({ params: idempotently(newIntent()) })}
              data-test-id="test-webhook-button"
            >
              Send test
            </ActionButton>
          </Group>
        </Group>
        {tested !== null && <TestResult key={tested} id={tested} />}
      </Stack>
    </form>
  );
}
