/** Event. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function EventPage() {
  return <PageHeader title="Event" />;
}
