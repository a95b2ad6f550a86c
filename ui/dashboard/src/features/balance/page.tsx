/** Balance. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function BalancePage() {
  return <PageHeader title="Balance" />;
}
