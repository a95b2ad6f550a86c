/** An object's page before there is an object: its outline while it is read, or why it can't be. */

import { Anchor, Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ErrorState } from "../components/ErrorState.tsx";
import { Id } from "../components/Id.tsx";
import { PageHeader } from "../components/PageHeader.tsx";
import { Columns } from "./Columns.tsx";

interface Given {
  readonly title: string;
  readonly id: string;
  /** The list that it is in. */
  readonly back: BackGiven;
  readonly error: unknown;
  readonly retry: () => void;
}

export function Loading({ title, id, back, error, retry }: Given) {
  return (
    <>
      <PageHeader title={title} back={<Back {...back} />} description={<Id value={id} />} />
      {error !== null && error !== undefined ? (
        <ErrorState error={error} retry={retry} />
      ) : (
        <Columns main={<Skeleton height={420} radius="lg" />} side={<Skeleton height={280} radius="lg" />} />
      )}
    </>
  );
}

interface BackGiven {
  readonly to: string;
  readonly name: string;
}

/** The way up from an object's page to its list. */
export function Back({ to, name }: BackGiven) {
  return (
    <Anchor component={Link} to={to} size="sm">
      {name}
    </Anchor>
  );
}
