/** The log of requests: what was asked of the API with this merchant's keys, and how it was answered. */

import { Anchor, Button, Group } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useMemo } from "react";
import { hooks } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { type Filter, FilterBar } from "../../components/FilterBar.tsx";
import { Icon } from "../../components/Icon.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Badge, StatusBadge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { duration } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import { useUrl } from "../../url.ts";
import { RequestDrawer } from "./RequestDrawer.tsx";
import {
  ASKERS,
  isFiltered,
  type LoggedRequest,
  METHODS,
  readRequests,
  requestQuery,
  STATUS_CLASSES,
  whoOf,
} from "./requestLog.ts";
import styles from "./requests.module.css";

const LIMIT = 25;
const LOOK_MS = 10_000;

const ASKER_WORDS = { key: "Keys only", user: "The dashboard" } as const;

const FILTERS: readonly Filter[] = [
  {
    kind: "choice",
    name: "status",
    label: "Status",
    options: STATUS_CLASSES.map((value) => ({ value, label: value })),
    width: 120,
    testId: "filter-status",
  },
  {
    kind: "choice",
    name: "method",
    label: "Method",
    options: METHODS.map((value) => ({ value, label: value })),
    width: 130,
    testId: "filter-method",
  },
  { kind: "text", name: "route", label: "Route: /api/v1/orders/{id}", width: 230, testId: "filter-route" },
  {
    kind: "choice",
    name: "by",
    label: "Asked by",
    options: ASKERS.map((value) => ({ value, label: ASKER_WORDS[value] })),
    width: 140,
    testId: "filter-by",
  },
  { kind: "text", name: "key", label: "API key", width: 190 },
  { kind: "text", name: "user", label: "Person's email", width: 190 },
  { kind: "text", name: "error", label: "Error code", width: 190 },
  { kind: "text", name: "request_id", label: "Request id", width: 190, testId: "filter-request-id" },
  { kind: "day", name: "from", label: "From" },
  { kind: "day", name: "to", label: "To" },
];

export default function RequestsPage() {
  const { can, why } = useSession();
  const locale = useLocale();
  const [filter, change] = useUrl(readRequests);
  const list = hooks.useQuery(
    "get",
    "/api/v1/request_logs",
    { params: { query: requestQuery(filter, LIMIT) } },
    {
      enabled: can("requests:read"),
      // What is new comes at the top alone.
      refetchInterval: filter.after === undefined ? LOOK_MS : false,
      placeholderData: keepPreviousData,
    },
  );
  const columns = useMemo(
    () => columnsFor(locale, (id) => change({ request: id, after: filter.after })),
    [locale, change, filter.after],
  );
  const rows = list.data?.data;
  if (!can("requests:read")) {
    return (
      <>
        <PageHeader title="Requests" />
        <EmptyState icon="requests" title="Your role does not see this" hint={why("requests:read")} />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Requests"
        description="What was asked of the API, and how it was answered, a moment later. No bodies are kept; under heavy load entries may be missing, and nothing but entries."
      />
      <DataTable
        label="Requests"
        columns={columns}
        rows={rows}
        getId={({ id }) => id}
        error={list.error}
        retry={() => void list.refetch()}
        isOld={list.isPlaceholderData}
        filters={<FilterBar filters={FILTERS} />}
        empty={
          isFiltered(filter) ? (
            <EmptyState
              icon="filter"
              title="No request fits these filters"
              hint="Take one away, or clear them all."
            />
          ) : (
            <EmptyState
              icon="requests"
              title="Nothing was asked yet"
              hint="Call the API with one of your keys: the docs have a command to copy."
            />
          )
        }
        footer={
          <Ways
            isFirst={filter.after === undefined}
            older={list.data?.next_cursor ?? undefined}
            go={(after) => change({ after, request: null })}
          />
        }
        testId="request-logs-table"
        rowTestId="request-log-row"
      />
      <RequestDrawer
        request={rows?.find(({ id }) => id === filter.shown)}
        close={() => change({ request: null, after: filter.after }, { replace: true })}
      />
    </>
  );
}

interface WaysProps {
  readonly isFirst: boolean;
  /** Where the older ones begin; undefined: there are none. */
  readonly older: string | undefined;
  /** Null is the beginning. */
  readonly go: (after: string | null) => void;
}

/** The log is read towards the past alone: back leads the browser's own button, or the beginning. */
function Ways({ isFirst, older, go }: WaysProps) {
  return (
    <Group gap={8} justify="flex-end" w="100%">
      <Button variant="default" size="compact-sm" disabled={isFirst} onClick={() => go(null)}>
        Newest
      </Button>
      <Button
        variant="default"
        size="compact-sm"
        disabled={older === undefined}
        onClick={() => go(older ?? null)}
        rightSection={<Icon name="right" size={14} />}
      >
        Older
      </Button>
    </Group>
  );
}

function columnsFor(locale: string, show: (id: string) => void): Column<LoggedRequest>[] {
  return [
    {
      id: "request",
      title: "Request",
      fixed: true,
      cell: (request) => (
        <Anchor component="button" type="button" className={styles.request} onClick={() => show(request.id)}>
          <span className={styles.method}>{request.method}</span> {request.path}
        </Anchor>
      ),
    },
    { id: "status", title: "Status", cell: ({ status }) => <StatusBadge kind="http" status={status} /> },
    {
      id: "error",
      title: "Error",
      cell: ({ error_code: code }) => (code === null ? "–" : <code>{code}</code>),
    },
    {
      id: "idempotency",
      title: "Idempotency",
      cell: ({ idempotency }) =>
        idempotency === null ? (
          "–"
        ) : (
          <Badge tone={idempotency === "replayed" ? "info" : "calm"}>
            {idempotency === "replayed" ? "Replayed" : "First"}
          </Badge>
        ),
    },
    { id: "who", title: "Who", cell: (request) => <span className={styles.who}>{whoOf(request)}</span> },
    {
      id: "duration",
      title: "Took",
      align: "end",
      cell: ({ duration_ms: ms }) => duration(ms, locale),
    },
    { id: "at", title: "When", cell: ({ at }) => <When at={at} form="second" /> },
    { id: "route", title: "Route", hidden: true, cell: ({ route }) => <code>{route}</code> },
    { id: "request_id", title: "Request id", hidden: true, cell: ({ request_id: id }) => <code>{id}</code> },
    { id: "address", title: "Address", hidden: true, cell: ({ address }) => address },
  ];
}
