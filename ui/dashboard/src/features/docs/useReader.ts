/** Who reads: whose keys and addresses the pieces of programs hold. */

import { useMemo } from "react";
import { hooks } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import type { Reader } from "./snippets.ts";

export function useReader(): Reader {
  const { api_url, checkout_url, test_credentials } = useSession();
  const { data: profile } = hooks.useQuery("get", "/api/v1/merchants/profile", {});
  return useMemo(
    () => ({
      apiUrl: api_url,
      checkoutUrl: checkout_url,
      apiKey: test_credentials?.api_key ?? profile?.api_key ?? null,
      apiSecret: test_credentials?.api_secret ?? null,
      publishableKey: profile?.publishable_key ?? null,
      // Not on a page that people show each other, unless everybody knows it.
      webhookSecret: test_credentials === null ? null : (profile?.webhook_secret ?? null),
    }),
    [api_url, checkout_url, test_credentials, profile],
  );
}
