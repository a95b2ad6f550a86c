/** A few sentences that stand before all else. */

import type { ReactNode } from "react";
import { Icon } from "../components/Icon.tsx";
import classes from "./Notice.module.css";

interface Given {
  readonly tone: "warn" | "bad";
  readonly title: string;
  readonly testId: string;
  readonly children: ReactNode;
}

export function Notice({ tone, title, testId, children }: Given) {
  return (
    <section className={classes.notice} data-tone={tone} aria-label={title} data-test-id={testId}>
      <Icon name="alert" />
      <div>
        <p className={classes.noticeTitle}>{title}</p>
        <p className={classes.noticeText}>{children}</p>
      </div>
    </section>
  );
}
