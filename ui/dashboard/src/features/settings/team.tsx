/** Team. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function TeamPage() {
  return <PageHeader title="Team" />;
}
