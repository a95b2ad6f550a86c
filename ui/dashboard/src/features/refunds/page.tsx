/** Refunds. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function RefundsPage() {
  return <PageHeader title="Refunds" />;
}
