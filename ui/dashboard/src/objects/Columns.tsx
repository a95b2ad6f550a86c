/** What is told at length beside what is told in short; one below the other where there is no room. */

import type { ReactNode } from "react";
import classes from "./Columns.module.css";

interface Given {
  readonly main: ReactNode;
  readonly side: ReactNode;
  /** Which of them comes first where there is no room; in the document the main one does. */
  readonly isSideFirst?: boolean;
}

export function Columns({ main, side, isSideFirst = false }: Given) {
  return (
    <div className={classes.columns} data-side-first={isSideFirst || undefined}>
      <div className={classes.stack}>{main}</div>
      <div className={classes.stack}>{side}</div>
    </div>
  );
}
