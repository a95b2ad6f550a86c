/** A password that is shown once. */

import { Button, Group, Modal, Stack } from "@mantine/core";
import { CopyButton } from "../../components/CopyButton.tsx";
import type { NewUser } from "./people.ts";
import styles from "./settings.module.css";

export function PasswordModal({ user, close }: { user: NewUser | null; close: () => void }) {
  return (
    <Modal
      opened={user !== null}
      onClose={close}
      title={`The password of ${user?.email ?? ""}`}
      closeOnClickOutside={false}
    >
      <Stack gap="md">
        <div>
          It is shown this once. Hand it over by a way that you trust; they can change it under Sessions.
        </div>
        <div className={styles.secret}>
          <code data-test-id="new-password">{user?.password}</code>
          <CopyButton value={user?.password ?? ""} label="Copy the password" />
        </div>
        <Group justify="flex-end">
          <Button onClick={close} data-autofocus>
            I have it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
