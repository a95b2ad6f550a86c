/** The line that all pages share, and what its events do to what they have read. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { Folder } from "./folder.ts";
import { concerns, Line, type LiveEvent, type LiveState, whileSeen } from "./live.ts";
import { sessionQuery } from "./session.ts";

type Handler = (event: LiveEvent) => void;

interface Live {
  readonly state: LiveState;
  readonly listen: (handler: Handler) => () => void;
}

const Context = createContext<Live>({ state: "off", listen: () => () => undefined });

/** Of a burst of events the first shows at once, the rest together this long after. */
const FOLDED_MS = 300;
/** A delivery is made of an event a moment later, by another service. */
const DELIVERED_AFTER_MS = 1500;

/** Keeps the line up while somebody is signed in. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>("off");
  const handlers = useRef(new Set<Handler>());

  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    const folder = new Folder<LiveEvent>(FOLDED_MS, (events) => {
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => events.some((event) => concerns(event, queryKey)),
      });
      clearTimeout(later);
      later = setTimeout(() => {
        void queries.invalidateQueries({ queryKey: ["get", "/api/v1/webhooks"] });
      }, DELIVERED_AFTER_MS);
    });
    const line = new Line({
      state: (now) => {
        setState(now);
        if (now === "reconnecting") {
          // Who was signed out meanwhile is to know why the line does not come back.
          void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
        }
      },
      event: (event) => {
        folder.add(event);
        for (const handler of handlers.current) {
          handler(event);
        }
      },
      gap: () => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "get" }),
    });
    const unsee = whileSeen(line);
    return () => {
      unsee();
      line.stop();
      folder.stop();
      clearTimeout(later);
    };
  }, [queries]);

  const live = useMemo<Live>(
    () => ({
      state,
      listen: (handler) => {
        handlers.current.add(handler);
        return () => handlers.current.delete(handler);
      },
    }),
    [state],
  );
  return <Context value={live}>{children}</Context>;
}

/** The line's state. */
export function useLiveState(): LiveState {
  return useContext(Context).state;
}

/** Be told of each event as it happens; what was read through `hooks` is brought up to date without. */
export function useLive(handler: Handler): void {
  const { listen } = useContext(Context);
  const newest = useRef(handler);
  useEffect(() => {
    newest.current = handler;
  }, [handler]);
  useEffect(() => listen((event) => newest.current(event)), [listen]);
}
