/** Sends one delivery again, with all its attempts. */

import { hooks, idempotently, type Schema } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { tellDone, tellProblem } from "../../components/tell.ts";
import { intentAbout } from "../../intent.ts";
import { useRefresh } from "../../refresh.ts";

interface Props {
  readonly delivery: Pick<Schema<"Delivery">, "id" | "run" | "status">;
  /** In a table's row. */
  readonly small?: boolean;
}

export function RetryButton({ delivery, small = false }: Props) {
  const { why } = useSession();
  const intent = intentAbout(`retry ${delivery.id}`);
  const refresh = useRefresh();
  const { id, run, status } = delivery;
  const retry = hooks.useMutation("post", "/api/v1/webhooks/{id}/retry", {
    onSuccess: () => {
      intent.settle();
      refresh();
      tellDone("On its way again, with all its attempts.");
    },
    onError: (error) => {
      intent.settle(error);
      tellProblem(error);
    },
  });
  return (
    <ActionButton
      variant="default"
      {...(small && { size: "compact-sm" })}
      why={why("webhooks:write")}
      loading={retry.isPending}
      // A later run is another intention: it is sent again once more.
      onClick={() => retry.mutate({ params: { path: { id }, ...idempotently(intent.keyFor([id, run])) } })}
      data-test-id="retry-webhook-button"
    >
      {status === "pending" ? "Send now" : small ? "Retry" : "Send again"}
    </ActionButton>
  );
}
