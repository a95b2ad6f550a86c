/** The way to every page. */

import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSession } from "../api/session.ts";
import { Icon } from "../components/Icon.tsx";
import styles from "./navigation.module.css";
import { pageAt, pagesOf } from "./pages.ts";

export function Navigation({ top }: { top?: ReactNode }) {
  const { user, scopes } = useSession();
  const { pathname } = useLocation();
  const here = pageAt(pathname);
  return (
    <nav aria-label="Pages">
      {top}
      {pagesOf(user.role, scopes).map(({ title, pages }) => (
        <div key={title} className={styles.section}>
          {title !== null && <p className={styles.title}>{title}</p>}
          <ul className={styles.list}>
            {pages.map((page) => (
              <li key={page.path}>
                <Link
                  to={page.path}
                  className={styles.link}
                  data-here={page.path === here?.path || undefined}
                  aria-current={page.path === here?.path ? "page" : undefined}
                >
                  <Icon name={page.icon} size={17} />
                  {page.title}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
