/** API keys. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function KeysPage() {
  return <PageHeader title="API keys" />;
}
