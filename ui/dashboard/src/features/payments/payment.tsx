/** Payment. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function PaymentPage() {
  return <PageHeader title="Payment" />;
}
