/** Docs. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function DocsPage() {
  return <PageHeader title="Docs" />;
}
