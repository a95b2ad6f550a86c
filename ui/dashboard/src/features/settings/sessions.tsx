/** Sessions. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function SessionsPage() {
  return <PageHeader title="Sessions" />;
}
