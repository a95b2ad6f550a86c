/** Order. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function OrderPage() {
  return <PageHeader title="Order" />;
}
