/** Webhooks. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function WebhooksPage() {
  return <PageHeader title="Webhooks" />;
}
