/** Asks once more before something happens that can't be taken back. */

import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { unlessBusy } from "../dialog.ts";
import { ErrorState } from "./ErrorState.tsx";

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** The button's word: what it does, not "OK". */
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly isBusy?: boolean;
  /** Why it did not happen. */
  readonly error?: unknown;
  /** Something is lost by it. */
  readonly danger?: boolean;
  readonly testId?: string;
}

export function ConfirmModal(props: Props) {
  const {
    opened,
    close,
    title,
    children,
    confirm,
    onConfirm,
    isBusy = false,
    error,
    danger = false,
    testId,
  } = props;
  const leave = unlessBusy(isBusy, close);
  return (
    <Modal opened={opened} onClose={leave} title={title}>
      <Stack gap="md">
        <div>{children}</div>
        {error !== undefined && error !== null && <ErrorState error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={leave} disabled={isBusy} data-autofocus>
            Keep as it is
          </Button>
          <Button
            {...(danger && { color: "red.9" })}
            loading={isBusy}
            onClick={onConfirm}
            data-test-id={testId}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
