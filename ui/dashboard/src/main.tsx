/** The dashboard's beginning. */

import "./styles.css";
import "./policy.ts";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { whenSignedOut } from "./api/client.ts";
import { sessionQuery } from "./api/session.ts";
import { makeQueries, Providers } from "./app/providers.tsx";
import { makeRouter } from "./app/router.tsx";

const place = document.getElementById("app");
if (place !== null) {
  const queries = makeQueries();
  const router = makeRouter(queries);
  whenSignedOut(() => {
    // A session that ended while a page was open; the login page's own refusals are not that.
    if (queries.getQueryData(sessionQuery.queryKey)) {
      queries.setQueryData(sessionQuery.queryKey, null);
    }
  });
  createRoot(place).render(
    <StrictMode>
      <Providers queries={queries}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}
