/** Test cards. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function TestCardsPage() {
  return <PageHeader title="Test cards" />;
}
