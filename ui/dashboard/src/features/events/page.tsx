/** Events. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function EventsPage() {
  return <PageHeader title="Events" />;
}
