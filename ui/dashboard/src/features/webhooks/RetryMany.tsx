/** Sends again what the log's filter names: how many is said first, and how far one is while it goes on. */

import { Button, Group, List, Modal, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, idempotently, newIntent, type Schema } from "../../api/client.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { tellDone } from "../../components/tell.ts";
import { count, time } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import { useRefresh } from "../../refresh.ts";
import {
  buttonText,
  filterText,
  type Preview,
  previewOf,
  previewText,
  progressText,
  STEP,
} from "./retryMany.ts";
import { type Endpoint, nameOfEndpoint } from "./useEndpoints.ts";

type Filter = Schema<"RetryFilter">;

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly filter: Filter;
  readonly endpoints: readonly Endpoint[] | undefined;
}

export function RetryMany({ opened, close, filter, endpoints }: Props) {
  return (
    <Modal opened={opened} onClose={close} title="Send many again">
      <Asked filter={filter} endpoints={endpoints} close={close} />
    </Modal>
  );
}

function Asked({ filter, endpoints, close }: Omit<Props, "opened">) {
  const locale = useLocale();
  const preview = useQuery({
    queryKey: ["retry preview", filter],
    queryFn: async () => {
      const body = { filter, limit: STEP, dry_run: true };
      const { data } = await api.POST("/api/v1/webhooks/retry", { body });
      return data === undefined ? { total: 0, more: false } : previewOf(data);
    },
    // How many there are is of this moment alone.
    gcTime: 0,
    staleTime: 0,
  });
  const run = useRun(filter, close);
  const conditions = filterText(
    filter,
    (id) => nameOfEndpoint(endpoints, id),
    (at) => time(at, locale),
  );
  return (
    <Stack gap="md">
      <div>
        <Text size="sm">Deliveries that the log's filter names:</Text>
        <List size="sm" mt={4}>
          {conditions.map((condition) => (
            <List.Item key={condition}>{condition}</List.Item>
          ))}
        </List>
      </div>
      {preview.error !== null ? (
        <ErrorState error={preview.error} retry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Skeleton height={40} />
      ) : (
        <Text fw={500} data-test-id="retry-preview" role="status">
          {run.done === null
            ? previewText(preview.data, locale)
            : progressText(run.done, preview.data, locale)}
        </Text>
      )}
      {run.done !== null && preview.data !== undefined && (
        <Progress value={shareOf(run.done, preview.data)} animated aria-label="Begun so far" />
      )}
      {run.error !== null && <ErrorState error={run.error} />}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={run.isBusy ? run.stop : close}>
          {run.isBusy ? "Stop here" : "Cancel"}
        </Button>
        <Button
          onClick={() => void run.start()}
          loading={run.isBusy}
          disabled={preview.data === undefined || (preview.data.total === 0 && !preview.data.more)}
          data-test-id="confirm-retry-many"
        >
          {preview.data === undefined ? "Send again" : buttonText(preview.data, locale)}
        </Button>
      </Group>
    </Stack>
  );
}

function shareOf(done: number, { total }: Preview): number {
  return total === 0 ? 0 : Math.min(100, (done / total) * 100);
}

/** Step after step until there is none left. A step whose answer was lost is asked for again with its key. */
function useRun(filter: Filter, close: () => void) {
  const locale = useLocale();
  const refresh = useRefresh();
  const [done, setDone] = useState<number | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isStopped = useRef(false);
  const next = useRef<{ key: string; after: string | null; done: number }>({
    key: newIntent(),
    after: null,
    done: 0,
  });

  const step = async (): Promise<boolean> => {
    const { key, after } = next.current;
    const { data } = await api.POST("/api/v1/webhooks/retry", {
      params: idempotently(key),
      body: { filter, limit: STEP, ...(after !== null && { starting_after: after }) },
    });
    const begun = next.current.done + (data?.scheduled ?? 0);
    const cursor = data?.next_cursor ?? null;
    next.current = { key: newIntent(), after: cursor, done: begun };
    setDone(begun);
    return cursor !== null;
  };

  const start = async () => {
    isStopped.current = false;
    setBusy(true);
    setError(null);
    setDone(next.current.done);
    try {
      while ((await step()) && !isStopped.current) {
        // The next step.
      }
      tellDone(`${count(next.current.done, locale)} on their way again.`);
      close();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
      refresh();
    }
  };

  return {
    done,
    isBusy,
    error,
    start,
    stop: () => {
      isStopped.current = true;
    },
  };
}
