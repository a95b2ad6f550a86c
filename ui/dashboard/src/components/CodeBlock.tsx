/** A piece of a program, to be copied. */

import { CopyButton } from "./CopyButton.tsx";
import styles from "./JsonView.module.css";

interface Props {
  readonly code: string;
  readonly label: string;
  readonly testId?: string;
}

export function CodeBlock({ code, label, testId }: Props) {
  return (
    <div className={styles.frame}>
      <span className={styles.copy}>
        <CopyButton value={code} label={`Copy ${label}`} />
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={label}>
        <pre className={styles.code} data-test-id={testId}>
          {code}
        </pre>
      </section>
    </div>
  );
}
