/** The list of events: what was told on Kafka and to webhooks, in the order in which it happened. */

import { keepPreviousData } from "@tanstack/react-query";
import { hooks, type Schema } from "../../api/client.ts";
import { DataTable } from "../../components/DataTable.tsx";
import { type Filter, FilterBar } from "../../components/FilterBar.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Pager } from "../../components/Pager.tsx";
import { useNow, When } from "../../components/When.tsx";
import { columnsOf } from "../../lists/columns.ts";
import { NothingFound } from "../../lists/NothingFound.tsx";
import { pageQuery } from "../../lists/query.ts";
import { TimeFilter } from "../../lists/TimeFilter.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { useUrl } from "../../url.ts";
import { type ColumnName, objectProblem, placeOf, readEvents, TYPES, typeName } from "./list.ts";

const FILTERS: readonly Filter[] = [
  {
    kind: "choice",
    name: "type",
    label: "Type",
    options: TYPES.map((value) => ({ value, label: typeName(value) })),
    width: 220,
    testId: "type-filter",
  },
  {
    kind: "text",
    name: "object",
    label: "Id of a payment, refund, order",
    width: 260,
    check: objectProblem,
    testId: "object-filter",
  },
];

const TABLE = columnsOf<ColumnName, Schema<"Event">>({
  type: { title: "Type", fixed: true, testId: "event-type", cell: ({ type }) => <code>{type}</code> },
  id: { title: "Event", fixed: true, cell: ({ id }) => <ObjectLink id={id} testId="event-id" /> },
  object: { title: "About", cell: ({ object }) => <ObjectLink id={object.id} isAside /> },
  sequence: { title: "Sequence", align: "end", hidden: true, cell: ({ sequence }) => sequence },
  position: { title: "Position", align: "end", hidden: true, cell: ({ position }) => position },
  place: { title: "Kafka", cell: (event) => <code>{placeOf(event) ?? "–"}</code> },
  created_at: {
    title: "Happened",
    sort: "created_at",
    cell: ({ created_at }) => <When at={created_at} form="second" />,
  },
});

export default function EventsPage() {
  const [search] = useUrl(readEvents);
  const list = hooks.useQuery(
    "get",
    "/api/v1/events",
    { params: { query: pageQuery(search, useNow()) } },
    { placeholderData: keepPreviousData },
  );
  return (
    <>
      <PageHeader
        title="Events"
        description="What happened, in order: each is published on Kafka and sent to every webhook endpoint that asks for it."
      />
      <DataTable
        label="Events"
        columns={TABLE}
        rows={list.data?.data}
        getId={({ id }) => id}
        to={({ id }) => `/dashboard/events/${id}`}
        testId="events-table"
        rowTestId="event-row"
        error={list.error}
        retry={() => void list.refetch()}
        isOld={list.isPlaceholderData}
        filters={
          <FilterBar filters={FILTERS}>
            <TimeFilter />
          </FilterBar>
        }
        empty={
          <NothingFound
            search={search}
            noun="events"
            icon="events"
            hint="Whatever happens to a payment or a refund shows here at once."
          />
        }
        footer={<Pager list={list.data} noun="events" />}
      />
    </>
  );
}
