/** Payments. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function PaymentsPage() {
  return <PageHeader title="Payments" />;
}
