/** An id as it is, in letters of one width, and a way to copy it. */

import { CopyButton } from "./CopyButton.tsx";
import styles from "./Id.module.css";

interface Props {
  readonly value: string;
  readonly testId?: string;
  /** What the copy button says; "Copy id" otherwise. */
  readonly label?: string;
}

export function Id({ value, testId, label = "Copy id" }: Props) {
  return (
    <span className={styles.id}>
      <code className={styles.text} data-test-id={testId}>
        {value}
      </code>
      <span className={styles.copy}>
        <CopyButton value={value} label={`${label} ${value}`} />
      </span>
    </span>
  );
}
