/** Who changed what, and when. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSession } from "../../api/session.ts";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { FilterBar } from "../../components/FilterBar.tsx";
import { Id } from "../../components/Id.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Badge, StatusBadge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { type Raw, useUrl } from "../../url.ts";
import { type Deed, trailQuery, usersQuery } from "./people.ts";
import styles from "./settings.module.css";
import { TrailPager } from "./TrailPager.tsx";

const read = ({ user_id, after }: Raw) => ({ userId: user_id, after });

const COLUMNS: readonly Column<Deed>[] = [
  { id: "at", title: "When", cell: ({ at }) => <When at={at} form="long" />, fixed: true },
  { id: "user", title: "Who", cell: ({ user }) => user.email, fixed: true },
  { id: "action", title: "What", cell: ({ action }) => <What action={action} /> },
  { id: "object", title: "Object", cell: ({ object_id }) => (object_id ? <Id value={object_id} /> : "–") },
  {
    id: "status",
    title: "Answer",
    cell: ({ status }) =>
      status === null ? <Badge tone="warn">Unknown</Badge> : <StatusBadge kind="http" status={status} />,
  },
  { id: "address", title: "Address", cell: ({ address }) => <code>{address}</code> },
  {
    id: "request",
    title: "Request",
    cell: ({ request_id }) => (request_id ? <Id value={request_id} label="Copy the request's id" /> : "–"),
    hidden: true,
  },
];

/** A route as it is; words as a sentence begins. */
function What({ action }: { action: string }) {
  return action.includes("/") ? <code>{action}</code> : <span className={styles.words}>{action}</span>;
}

export default function TrailPage() {
  const { user } = useSession();
  const [which] = useUrl(read);
  const trail = useQuery({ ...trailQuery(which), placeholderData: keepPreviousData });
  const users = useQuery({ ...usersQuery, enabled: user.role === "admin" });
  const options = (users.data?.data ?? []).map(({ id, email }) => ({ value: id, label: email }));
  return (
    <>
      <PageHeader
        title="Audit trail"
        description="Every change that somebody of the team made here, or tried to: written down before it is done."
      />
      <DataTable
        label="Audit trail"
        columns={COLUMNS}
        rows={trail.data?.data}
        getId={({ id }) => id}
        error={trail.error}
        retry={() => void trail.refetch()}
        isOld={trail.isPlaceholderData}
        testId="trail-table"
        rowTestId="trail-row"
        filters={
          options.length > 0 && (
            <FilterBar
              filters={[{ kind: "choice", name: "user_id", label: "Person", options, width: 220 }]}
            />
          )
        }
        empty={
          <EmptyState
            icon="trail"
            title="Nothing was changed here yet"
            hint="A refund, a new webhook address, a rolled key: each is written down with who did it."
          />
        }
        footer={<TrailPager list={trail.data} />}
      />
    </>
  );
}
