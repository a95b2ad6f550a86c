/** What an empty list says: that the filters are too strict, or that there is nothing yet and how to begin. */

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { EmptyState } from "../components/EmptyState.tsx";
import type { IconName } from "../components/Icon.tsx";
import { type Raw, useUrl } from "../url.ts";
import { isFiltered, type ListSearch, unfiltered } from "./query.ts";

interface Given {
  readonly search: ListSearch;
  readonly noun: string;
  readonly icon: IconName;
  /** How the first one comes to be. */
  readonly hint: ReactNode;
}

const readNothing = (_raw: Raw) => null;

export function NothingFound({ search, noun, icon, hint }: Given) {
  const [, change] = useUrl(readNothing);
  if (!isFiltered(search)) {
    return <EmptyState icon={icon} title={`No ${noun} yet`} hint={hint} />;
  }
  return (
    <EmptyState
      icon="search"
      title={`No ${noun} like these`}
      hint="The filters let none through: loosen one, or look at a longer time."
      action={
        <Button variant="default" onClick={() => change(unfiltered(search))} data-test-id="clear-filters">
          Clear all filters
        </Button>
      }
    />
  );
}
