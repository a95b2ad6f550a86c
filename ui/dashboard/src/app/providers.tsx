/** What every page stands on. */

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { isWorthARetry } from "../api/problem.ts";
import { LocaleProvider } from "../locale.tsx";
import { nonce } from "../policy.ts";
import { schemeManager, theme, variables } from "./theme.ts";

/** Nothing is told before something was done: the corner for it comes after the first page. */
const Corner = lazy(async () => ({ default: (await import("@mantine/notifications")).Notifications }));

/** What was read, for all pages. The stream brings it up to date, so that it is not old by itself. */
export function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && isWorthARetry(error),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}

export function Providers({ queries, children }: { queries: QueryClient; children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <LocaleProvider>
          <Suspense>
            <Corner position="bottom-right" limit={3} />
          </Suspense>
          {children}
        </LocaleProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
