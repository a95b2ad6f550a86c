/** Where the time of an attempt went: a bar, and the same in numbers. */

import { duration } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import { type Attempt, phasesOf } from "./attempts.ts";
import styles from "./Phases.module.css";

export function Phases({ attempt }: { attempt: Attempt }) {
  const locale = useLocale();
  const phases = phasesOf(attempt);
  if (phases.length === 0) {
    return null;
  }
  const isKept = phases.every(({ name }) => name === "wait" || name === "read");
  return (
    <div>
      <h4 className={styles.title}>Where the time went</h4>
      <div className={styles.bar} aria-hidden="true">
        {phases.map(({ name, ms }) => (
          <span
            key={name}
            className={styles.part}
            data-phase={name}
            style={{ flexGrow: Math.max(ms, 0.001) }}
          />
        ))}
      </div>
      <ul className={styles.legend}>
        {phases.map(({ name, title, ms }) => (
          <li key={name}>
            <span className={styles.dot} data-phase={name} />
            {title} <span className={styles.ms}>{duration(ms, locale)}</span>
          </li>
        ))}
        {isKept && <li className={styles.ms}>over a connection that was open already</li>}
      </ul>
    </div>
  );
}
