/** Requests. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function RequestsPage() {
  return <PageHeader title="Requests" />;
}
