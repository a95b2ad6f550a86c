/** What waits between the services: outboxes, consumers, delayed webhooks, jobs. Figures alone, refreshed by themselves. */

import { Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { count } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import { byLag, type Consumer, type Delay, type Outbox, type Queues, verdictOf } from "./queueFigures.ts";
import styles from "./queues.module.css";

const LOOK_MS = 2000;

export default function QueuesPage() {
  const { can, why } = useSession();
  const queues = useQuery({
    queryKey: ["get", "/api/v1/queues"],
    queryFn: async () => (await api.GET("/api/v1/queues")).data,
    enabled: can("system:read"),
    refetchInterval: LOOK_MS,
    placeholderData: keepPreviousData,
  });
  const { data } = queues;
  return (
    <>
      <PageHeader
        title="Queues"
        description="Postgres is the truth and Kafka carries it: what waits here is late, and never lost. Figures of the whole gateway, every two seconds."
      />
      {!can("system:read") ? (
        <EmptyState icon="queues" title="Your role does not see this" hint={why("system:read")} />
      ) : queues.error !== null ? (
        <ErrorState error={queues.error} retry={() => void queues.refetch()} />
      ) : (
        <Shown queues={data} />
      )}
    </>
  );
}

function Shown({ queues }: { queues: Queues | undefined }) {
  const locale = useLocale();
  const verdict = queues && verdictOf(queues);
  const jobs = queues?.jobs;
  const figures = [
    { name: "Pending", value: jobs?.pending },
    { name: "Being done", value: jobs?.processing },
    { name: "Completed", value: jobs?.completed },
    { name: "Failed", value: jobs?.failed },
  ];
  return (
    <Stack gap="lg">
      <p
        className={styles.verdict}
        data-tone={verdict?.tone ?? "calm"}
        role="status"
        data-test-id="queues-verdict"
      >
        {verdict?.text ?? "Asking every service…"}
      </p>
      <Panel
        title="Jobs"
        description="What the services have to do at the acquirer and at merchants' servers."
      >
        <dl className={styles.figures}>
          {figures.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value === undefined ? "…" : count(value, locale)}</dd>
            </div>
          ))}
          <div>
            <dt>Worker</dt>
            <dd>{jobs?.worker_status ?? "…"}</dd>
          </div>
        </dl>
      </Panel>
      <Panel
        title="Consumers"
        description="How many messages of a topic a service has not yet taken in, over all partitions."
        flush
      >
        <DataTable
          plain
          label="Consumers"
          columns={consumersOf(locale)}
          rows={queues && byLag(queues.consumers)}
          getId={({ service, topic, group }) => `${service} ${topic} ${group}`}
          testId="consumers-table"
        />
      </Panel>
      <Panel
        title="Outboxes"
        description="What a service has decided and Kafka does not have yet. It is published in the order of the decisions."
        flush
      >
        <DataTable
          plain
          label="Outboxes"
          columns={outboxesOf(locale)}
          rows={queues?.outbox}
          getId={({ service }) => service}
          outline={4}
          testId="outbox-table"
        />
      </Panel>
      <Panel
        title="Delayed webhooks"
        description="Attempts that wait for their time, by the delay topic they are in."
        flush
      >
        <DataTable
          plain
          label="Delayed webhooks"
          columns={delaysOf(locale)}
          rows={queues?.delays}
          getId={({ topic }) => topic}
          testId="delays-table"
        />
      </Panel>
    </Stack>
  );
}

/** A figure that nobody could tell is no zero. */
function told(value: number | null, locale: string): string {
  return value === null ? "Unknown" : count(value, locale);
}

function consumersOf(locale: string): Column<Consumer>[] {
  return [
    { id: "topic", title: "Topic", fixed: true, cell: ({ topic }) => <code>{topic}</code> },
    { id: "service", title: "Service", cell: ({ service }) => service },
    { id: "group", title: "Group", cell: ({ group }) => <code>{group}</code> },
    {
      id: "partitions",
      title: "Partitions",
      align: "end",
      cell: (one) => count(one.partition_count, locale),
    },
    { id: "lag", title: "Behind", align: "end", cell: ({ lag }) => told(lag, locale) },
  ];
}

function outboxesOf(locale: string): Column<Outbox>[] {
  return [
    { id: "service", title: "Service", fixed: true, cell: ({ service }) => service },
    { id: "depth", title: "Messages", align: "end", cell: ({ depth }) => count(depth, locale) },
    {
      id: "oldest",
      title: "The oldest waits",
      align: "end",
      cell: ({ depth, oldest_s: s }) =>
        s === null || depth === 0 ? "–" : `${count(Math.round(s), locale)} s`,
    },
  ];
}

function delaysOf(locale: string): Column<Delay>[] {
  return [
    { id: "topic", title: "Topic", fixed: true, cell: ({ topic }) => <code>{topic}</code> },
    { id: "tier", title: "Delay", align: "end", cell: ({ tier_s: s }) => `${count(s, locale)} s` },
    { id: "waiting", title: "Waiting", align: "end", cell: ({ waiting }) => told(waiting, locale) },
  ];
}
