/** A page's first line: what it is, and what can be done here. */

import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import styles from "./PageHeader.module.css";

interface Props {
  /** The page's h1, and what the browser's tab says. */
  readonly title: string;
  /** In place of the title's plain text on the page, as an id with its copy button. */
  readonly shown?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** The way back up, above the title. */
  readonly back?: ReactNode;
}

export function PageHeader({ title, shown, description, actions, back }: Props) {
  useEffect(() => {
    document.title = `${title} · Paygate`;
  }, [title]);
  return (
    <header className={styles.header}>
      {back !== undefined && <div className={styles.back}>{back}</div>}
      <div className={styles.line}>
        <Title order={1} className={styles.title}>
          {shown ?? title}
        </Title>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {description !== undefined && <div className={styles.description}>{description}</div>}
    </header>
  );
}
