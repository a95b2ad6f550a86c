/** A dialog that is there only while it is asked for: who leaves it is back where they were. */

import { type SyntheticEvent, useCallback, useRef, useState } from "react";

/** What was asked for, how to ask (by the button that was pressed), and how to leave. */
export function useDialog<T extends string>() {
  const [asked, setAsked] = useState<T | null>(null);
  const pressed = useRef<HTMLElement | null>(null);
  const open = useCallback(
    (what: T) => (event: SyntheticEvent<HTMLElement>) => {
      pressed.current = event.currentTarget;
      setAsked(what);
    },
    [],
  );
  const close = useCallback(() => {
    setAsked(null);
    // Once the dialog has let the focus go.
    setTimeout(() => pressed.current?.focus());
  }, []);
  return { asked, open, close };
}

/** How to leave a dialog: not while what was asked for is under way, since leaving would look like taking it back. */
export function unlessBusy(isBusy: boolean, close: () => void): () => void {
  return isBusy ? () => {} : close;
}
