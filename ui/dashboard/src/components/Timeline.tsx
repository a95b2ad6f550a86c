/** What happened, in order of time. */

import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import type { Tone } from "./status.ts";
import styles from "./Timeline.module.css";
import { When } from "./When.tsx";

export interface Moment {
  /** Unique in its timeline. */
  readonly key: string;
  readonly at: string;
  readonly title: ReactNode;
  /** The kind of thing, in a word or two. */
  readonly kind?: string;
  readonly icon?: IconName;
  readonly tone?: Tone;
  readonly detail?: ReactNode;
  readonly testId?: string;
}

export function Timeline({ moments, label }: { moments: readonly Moment[]; label: string }) {
  return (
    <ol className={styles.line} aria-label={label}>
      {moments.map(({ key, at, title, kind, icon = "events", tone = "calm", detail, testId }) => (
        <li key={key} className={styles.moment} data-test-id={testId}>
          <span className={styles.sign} data-tone={tone}>
            <Icon name={icon} size={14} />
          </span>
          <div className={styles.said}>
            <div className={styles.head}>
              <span className={styles.title}>{title}</span>
              {kind !== undefined && <span className={styles.kind}>{kind}</span>}
              <span className={styles.at}>
                <When at={at} form="second" />
              </span>
            </div>
            {detail !== undefined && <div className={styles.detail}>{detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
