/** Orders. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function OrdersPage() {
  return <PageHeader title="Orders" />;
}
