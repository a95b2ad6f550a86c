/** Delivery. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function DeliveryPage() {
  return <PageHeader title="Delivery" />;
}
