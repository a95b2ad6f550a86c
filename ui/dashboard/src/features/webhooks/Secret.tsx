/** A secret that can be read again: hidden until somebody wants to see it. */

import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { CopyButton } from "../../components/CopyButton.tsx";
import styles from "./Secret.module.css";

interface Props {
  readonly value: string;
  /** Seen from the beginning. */
  readonly shown: boolean;
  readonly testId?: string;
}

export function Secret({ value, shown, testId }: Props) {
  const [isSeen, setSeen] = useState(shown);
  const prefix = value.slice(0, value.indexOf("_") + 1);
  return (
    <Group gap={8}>
      <code className={styles.secret} data-test-id={testId}>
        {isSeen ? value : `${prefix}${"•".repeat(12)}`}
      </code>
      <CopyButton value={value} label="Copy the secret" />
      <Button variant="subtle" size="compact-sm" aria-pressed={isSeen} onClick={() => setSeen(!isSeen)}>
        {isSeen ? "Hide" : "Show"}
      </Button>
    </Group>
  );
}
