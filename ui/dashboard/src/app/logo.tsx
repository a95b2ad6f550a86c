/** Name and sign. */

import styles from "./logo.module.css";

export function Logo() {
  return (
    <span className={styles.logo}>
      <svg width={26} height={26} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" className={styles.ground} />
        <path d="M11 24V9h6.5a5 5 0 0 1 0 10H11" fill="none" stroke="#fff" strokeWidth={3} />
      </svg>
      Paygate
    </span>
  );
}
