/** What surrounds every page: navigation, header, the banner of test mode. */

import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { SessionProvider, sessionQuery, useSession } from "../api/session.ts";
import { LiveProvider } from "../api/useLive.tsx";
import { Icon } from "../components/Icon.tsx";
import { Header } from "./header.tsx";
import { Logo } from "./logo.tsx";
import { Navigation } from "./navigation.tsx";
import { QuickProvider } from "./quick.tsx";
import styles from "./shell.module.css";

/** The pages, for who is signed in; a session that ends while one is open leads to the login page and back. */
export function Shell() {
  const { data: session } = useQuery(sessionQuery);
  const { href, pathname } = useLocation();
  if (!session) {
    return pathname === "/login" ? null : <Navigate to="/login" search={{ return: href }} replace />;
  }
  return (
    <SessionProvider value={session}>
      <LiveProvider>
        <QuickProvider>
          <Frame />
        </QuickProvider>
      </LiveProvider>
    </SessionProvider>
  );
}

function Frame() {
  const [isOpen, drawer] = useDisclosure(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const { test_mode } = useSession();
  const first = useRef(pathname);

  // Who reads by ear is on the new page, and not on a link that is gone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer's functions are new each time
  useEffect(() => {
    if (first.current !== pathname) {
      first.current = pathname;
      drawer.close();
      main.current?.focus({ preventScroll: true });
    }
  }, [pathname]);

  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <div className={styles.shell}>
        <div className={styles.side}>
          <Navigation
            top={
              <div className={styles.logo}>
                <Logo />
              </div>
            }
          />
        </div>
        <Drawer opened={isOpen} onClose={drawer.close} title={<Logo />} size={280} padding="md">
          <Navigation />
        </Drawer>
        <div className={styles.column}>
          {test_mode && (
            <aside className={styles.test} data-test-id="test-mode-banner" aria-label="Mode">
              Test mode. No money moves: cards, banks and their answers are simulated.
            </aside>
          )}
          <Header
            start={
              <ActionIcon
                className={styles.burger}
                variant="subtle"
                color="gray"
                size={36}
                aria-label="Open the navigation"
                onClick={drawer.open}
              >
                <Icon name="menu" size={20} />
              </ActionIcon>
            }
          />
          <main id="main" ref={main} tabIndex={-1} className={styles.main}>
            <Outlet />
          </main>
        </div>
      </div>
    </>
  );
}
