/** Home. */

import { PageHeader } from "../../components/PageHeader.tsx";

export default function HomePage() {
  return <PageHeader title="Home" />;
}
