/** A status in a word and a colour. The word alone says it, too. */

import styles from "./StatusBadge.module.css";
import { meaningOf, type StatusKind, type Tone } from "./status.ts";

interface Props {
  readonly kind: StatusKind;
  readonly status: string | number;
  readonly testId?: string;
}

export function StatusBadge({ kind, status, testId }: Props) {
  const { text, tone } = meaningOf(kind, status);
  return (
    <Badge tone={tone} testId={testId} status={String(status)}>
      {text}
    </Badge>
  );
}

interface BadgeProps {
  readonly tone: Tone;
  readonly children: string;
  readonly testId?: string | undefined;
  /** As the API has it. */
  readonly status?: string;
}

/** Any other short word that has a tone. */
export function Badge({ tone, children, testId, status }: BadgeProps) {
  return (
    <span className={styles.badge} data-tone={tone} data-test-id={testId} data-status={status}>
      {children}
    </span>
  );
}
