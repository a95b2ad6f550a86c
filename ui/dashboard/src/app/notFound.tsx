/** An address that leads nowhere. */

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "../components/EmptyState.tsx";
import { PageHeader } from "../components/PageHeader.tsx";

export function NotFound() {
  return (
    <>
      <PageHeader title="Page not found" />
      <EmptyState
        title="There is nothing at this address"
        hint="The link may be old, or a letter of the address is missing. Press ⌘K or Ctrl K to look for a page or an id."
        action={
          <Button component={Link} to="/dashboard">
            Go to Home
          </Button>
        }
      />
    </>
  );
}
