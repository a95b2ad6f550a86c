/** One labelled input with the line below it that hints, or says what is wrong. */

import type { ReactNode } from "react";
import { Icon } from "./marks.tsx";

interface Given {
  readonly id: string;
  readonly label: string;
  /** Beside the label, for what need not be filled in. */
  readonly aside?: string;
  readonly hint: string;
  readonly error: string | null;
  readonly isGood?: boolean;
  readonly end?: ReactNode;
  readonly children: ReactNode;
}

/** The frame around an input. The input itself takes `describing(id, error)`. */
export function Field({ id, label, aside, hint, error, isGood = false, end, children }: Given): ReactNode {
  return (
    <div className="field" data-state={error === null ? (isGood ? "good" : "open") : "wrong"}>
      <label htmlFor={id}>
        {label}
        {aside !== undefined && <span className="aside">{aside}</span>}
      </label>
      <div className="box">
        {children}
        {isGood && error === null && (
          <span className="tick">
            <Icon name="check" />
          </span>
        )}
        {end}
      </div>
      <p className="note" id={`${id}-note`}>
        {error === null ? (
          hint
        ) : (
          <>
            <Icon name="alert" />
            <span>{error}</span>
          </>
        )}
      </p>
    </div>
  );
}

/** What ties an input to its line. */
export function describing(
  id: string,
  error: string | null,
): { id: string; "aria-describedby": string; "aria-invalid": boolean } {
  return {
    id,
    "aria-describedby": `${id}-note`,
    "aria-invalid": error !== null,
  };
}
