/** After something was done: what was read before may look otherwise. The stream tells it too, where there is one. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

/** Reads again what is on the page, and the rest when it is looked at. */
export function useRefresh(): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "get" });
  }, [queries]);
}
