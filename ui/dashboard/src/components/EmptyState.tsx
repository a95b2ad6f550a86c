/** Nothing is here, why, and what to do about it. */

import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";
import { Icon, type IconName } from "./Icon.tsx";

interface Props {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly action?: ReactNode;
  readonly icon?: IconName;
}

export function EmptyState({ title, hint, action, icon }: Props) {
  return (
    <div className={styles.empty}>
      {icon !== undefined && (
        <span className={styles.icon}>
          <Icon name={icon} size={22} />
        </span>
      )}
      <p className={styles.title}>{title}</p>
      {hint !== undefined && <div className={styles.hint}>{hint}</div>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
