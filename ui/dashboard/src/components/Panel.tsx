/** A part of a page, with a heading of its own. */

import { Paper, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import styles from "./Panel.module.css";

interface Props {
  readonly title: string;
  readonly description?: ReactNode;
  /** At the end of the heading's line. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** The content touches the border: tables do. */
  readonly flush?: boolean;
  readonly testId?: string;
}

export function Panel({ title, description, actions, children, flush = false, testId }: Props) {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id} className={styles.panel} data-test-id={testId}>
      <div className={styles.head}>
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {description !== undefined && <p className={styles.description}>{description}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      <div className={flush ? undefined : styles.body}>{children}</div>
    </Paper>
  );
}
