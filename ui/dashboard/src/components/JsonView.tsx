/** A value as JSON, coloured, to be read and copied. */

import { useMemo } from "react";
import { CopyButton } from "./CopyButton.tsx";
import styles from "./JsonView.module.css";
import { tokensOf } from "./json.ts";

interface Props {
  readonly value: unknown;
  /** What it is, for who can't see it. */
  readonly label?: string;
}

export function JsonView({ value, label = "JSON" }: Props) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? "null", [value]);
  const tokens = useMemo(() => tokensOf(text), [text]);
  return (
    <div className={styles.frame}>
      <span className={styles.copy}>
        <CopyButton value={text} label={`Copy ${label}`} />
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={label}>
        <pre className={styles.code}>
          {tokens.map(({ at, kind, text }) => (
            <span key={at} className={styles[kind]}>
              {text}
            </span>
          ))}
        </pre>
      </section>
    </div>
  );
}
