/** Endpoint. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function EndpointPage() {
  return <PageHeader title="Endpoint" />;
}
