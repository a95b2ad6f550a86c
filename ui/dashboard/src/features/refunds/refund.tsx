/** Refund. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function RefundPage() {
  return <PageHeader title="Refund" />;
}
