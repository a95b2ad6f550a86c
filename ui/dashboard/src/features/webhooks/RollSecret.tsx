/** A new secret in place of the present one, which goes on signing beside it for as long as one chooses. */

import { Group, Select } from "@mantine/core";
import { useState } from "react";
import { hooks, idempotently, type Schema } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { ConfirmModal } from "../../components/ConfirmModal.tsx";
import { tellProblem } from "../../components/tell.ts";
import { intentAbout } from "../../intent.ts";
import { useRefresh } from "../../refresh.ts";

type Overlap = NonNullable<Schema<"RollWebhookSecret">["overlap_h"]>;

const GRACES = [
  { value: "24", label: "for 24 hours" },
  { value: "1", label: "for 1 hour" },
  { value: "0", label: "not at all" },
];

interface Props {
  /** Undefined while it is not known yet. */
  readonly endpointId: string | undefined;
  readonly onSecret: (rolled: Schema<"RolledSecret">) => void;
}

export function RollSecret({ endpointId, onSecret }: Props) {
  const { why } = useSession();
  const [grace, setGrace] = useState("24");
  const [asks, setAsks] = useState(false);
  const intent = intentAbout(`roll the secret of ${endpointId ?? "the webhook URL"}`);
  const refresh = useRefresh();
  const roll = hooks.useMutation("post", "/api/v1/webhook_endpoints/{id}/roll-secret", {
    onSuccess: (rolled) => {
      intent.settle();
      setAsks(false);
      refresh();
      onSecret(rolled);
    },
    onError: (error) => {
      intent.settle(error);
      if (grace !== "0") {
        tellProblem(error);
      }
    },
  });
  const go = () => {
    if (endpointId !== undefined) {
      const body = { overlap_h: Number(grace) as Overlap };
      roll.mutate({
        params: { path: { id: endpointId }, ...idempotently(intent.keyFor([endpointId, body])) },
        body,
      });
    }
  };
  return (
    <Group gap={8} align="end">
      <Select
        label="Former secret signs on"
        data={GRACES}
        value={grace}
        onChange={(chosen) => setGrace(chosen ?? "24")}
        allowDeselect={false}
        w={180}
      />
      <ActionButton
        variant="default"
        why={why("webhooks:write")}
        loading={roll.isPending}
        // Nothing is lost while both sign, so that nothing is asked then.
        onClick={() => (grace === "0" ? setAsks(true) : go())}
        data-test-id="regenerate-secret-button"
      >
        Roll the secret
      </ActionButton>
      <ConfirmModal
        opened={asks}
        close={() => setAsks(false)}
        title="End the present secret at once?"
        confirm="Roll at once"
        danger
        onConfirm={go}
        isBusy={roll.isPending}
        error={roll.error}
      >
        From now on nothing is signed with it: your server refuses every webhook until it knows the new one.
        Take this when the secret got into wrong hands; else let it sign on for a while.
      </ConfirmModal>
    </Group>
  );
}
