/** A secret that is shown this once: to be copied before it is out of sight. */

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "./CopyButton.tsx";
import styles from "./SecretOnce.module.css";

interface Props {
  /** Null: nothing to show. */
  readonly secret: string | null;
  readonly title: string;
  /** What it is for, and where it goes. */
  readonly children: ReactNode;
  /** It has been copied, or is given up. */
  readonly close: () => void;
  readonly testId?: string;
}

export function SecretOnce({ secret, title, children, close, testId }: Props) {
  return (
    <Modal
      opened={secret !== null}
      onClose={close}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        <Text component="div" size="sm">
          {children}
        </Text>
        <div className={styles.secret}>
          <code data-test-id={testId}>{secret}</code>
          <CopyButton full value={secret ?? ""} label="Copy the secret" />
        </div>
        <Text size="sm" c="dimmed">
          It is not shown again. Whoever loses it rolls it and gets another.
        </Text>
        <Group justify="flex-end">
          <Button onClick={close}>I have saved it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
