/** What is shown when a page breaks: the rest of the dashboard stays. */

import { useRouter } from "@tanstack/react-router";
import { ErrorState } from "../components/ErrorState.tsx";
import { PageHeader } from "../components/PageHeader.tsx";

export function Crash({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <>
      <PageHeader title="This page has a problem" />
      <ErrorState error={error} retry={() => void router.invalidate()} />
    </>
  );
}
