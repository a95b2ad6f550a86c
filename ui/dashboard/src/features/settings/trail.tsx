/** Audit trail. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function TrailPage() {
  return <PageHeader title="Audit trail" />;
}
