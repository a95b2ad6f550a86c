/** What is known about one thing: names and values. */

import type { ReactNode } from "react";
import styles from "./Facts.module.css";

export interface Fact {
  readonly name: string;
  /** Undefined and null leave the fact out. */
  readonly value: ReactNode;
}

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(({ value }) => value !== undefined && value !== null && value !== "")
        .map(({ name, value }) => (
          <div key={name} className={styles.fact}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
