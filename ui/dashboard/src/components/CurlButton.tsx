/** Copies the request that does the same from a terminal. */

import { useSession } from "../api/session.ts";
import { CopyButton } from "./CopyButton.tsx";
import { curl, type Request } from "./curl.ts";

export function CurlButton(request: Request) {
  const { api_url, test_credentials } = useSession();
  return <CopyButton full label="Copy as curl" value={curl(request, api_url, test_credentials)} />;
}
