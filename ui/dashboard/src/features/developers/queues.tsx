/** Queues. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function QueuesPage() {
  return <PageHeader title="Queues" />;
}
