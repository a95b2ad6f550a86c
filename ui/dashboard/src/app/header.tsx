/** The line above every page: whose shop, whether it is live, and the reader's own settings. */

import type { ReactNode } from "react";
import { useSession } from "../api/session.ts";
import { Icon } from "../components/Icon.tsx";
import styles from "./header.module.css";
import { LiveDot } from "./liveDot.tsx";
import { useQuick } from "./quick.tsx";
import { UserMenu } from "./userMenu.tsx";

export function Header({ start }: { start: ReactNode }) {
  const { merchant } = useSession();
  return (
    <header className={styles.header}>
      {start}
      <span className={styles.merchant} data-test-id="merchant-name">
        {merchant.name}
      </span>
      <SearchButton />
      <div className={styles.end}>
        <LiveDot />
        <UserMenu />
      </div>
    </header>
  );
}

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

function SearchButton() {
  const open = useQuick();
  return (
    <button
      type="button"
      className={styles.search}
      aria-keyshortcuts={IS_MAC ? "Meta+K" : "Control+K"}
      onClick={() => open("palette")}
      data-test-id="search-button"
    >
      <Icon name="search" size={16} />
      <span className={styles.searchText}>Search</span>
      <kbd className={styles.searchKey}>{IS_MAC ? "⌘ K" : "Ctrl K"}</kbd>
    </button>
  );
}
