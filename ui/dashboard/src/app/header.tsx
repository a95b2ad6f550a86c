/** The line above every page: whose shop, whether it is live, and the reader's own settings. */

import type { ReactNode } from "react";
import { useSession } from "../api/session.ts";
import styles from "./header.module.css";
import { LiveDot } from "./liveDot.tsx";
import { UserMenu } from "./userMenu.tsx";

export function Header({ start }: { start: ReactNode }) {
  const { merchant } = useSession();
  return (
    <header className={styles.header}>
      {start}
      <span className={styles.merchant} data-test-id="merchant-name">
        {merchant.name}
      </span>
      <div className={styles.end}>
        <LiveDot />
        <UserMenu />
      </div>
    </header>
  );
}
