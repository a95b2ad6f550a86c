/** The running checkout: the state machine, and what has to be done in each of its states. */

import { useEffect, useReducer, useRef } from "react";
import type { Attempt, Gateway, Instrument } from "./api.ts";
import type { Bootstrap, Session } from "./bootstrap.ts";
import { type Stream, watch } from "./live.ts";
import { begin, type Event, isLocked, isWatching, reduce, type State } from "./machine.ts";
import { type Link, orderIdOf, saidOf } from "./parent.ts";

/** In ms. `long`: from when a buyer need not wait any longer; `lock`: how often the lock is said again; `session`: for
 * the answer whether a session has ended. */
const PATIENCE = { long: 45_000, lock: 5_000, session: 3_000, timer: 2 ** 31 - 1 } as const;

/** A session that its shop has ended: the api, which knows orders alone, would still take the payment. */
const ENDED = {
  status: 410,
  code: "ORDER_EXPIRED",
  description: "",
  field: null,
  reason: "order_expired",
} as const;

/** Whether the hosted session has ended since the page was loaded. Where nobody can tell, it has not. */
async function isOver({ id }: Session): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PATIENCE.session);
    const { status } = await fetch(`/checkout/${id}`, { method: "HEAD", cache: "no-store", signal });
    return status === 410;
  } catch {
    return false;
  }
}

/** The checkout's state, and what its buyer can do. */
export interface Checkout {
  readonly state: State;
  readonly dispatch: (event: Event) => void;
  /** Begin an attempt; does nothing while another one's outcome is unknown. */
  readonly pay: (instrument: Instrument) => void;
  /** Go on with the attempt that stalled: the same payment. */
  readonly resume: () => void;
  /** Wait for the bank no longer; a verification that it asked for is given up. */
  readonly leave: () => void;
}

/** The checkout of one page. */
export function useCheckout(bootstrap: Bootstrap, gateway: Gateway, link: Link | null): Checkout {
  const { session } = bootstrap;
  const [state, dispatch] = useReducer(reduce, null, () => begin(bootstrap, navigator.onLine));
  // Not in the state: a second click comes before the state has changed.
  const attempt = useRef<Attempt | null>(null);

  const send = async (): Promise<void> => {
    const outcome = await attempt.current?.send((trouble) => dispatch({ type: "trouble", trouble }));
    if (outcome === undefined) {
      return;
    }
    if (outcome.kind === "stalled") {
      dispatch({ type: "trouble", trouble: "stalled" });
      return;
    }
    // The attempt held what pays: it is let go as soon as its outcome is known.
    attempt.current = null;
    dispatch(
      outcome.kind === "created"
        ? { type: "created", payment: outcome.payment }
        : { type: "refused", problem: outcome.problem },
    );
  };
  // Asked before a payment is begun, never when one is gone on with: that one may have been made.
  const start = async (): Promise<void> => {
    if (session === null || !(await isOver(session))) {
      await send();
      return;
    }
    attempt.current = null;
    dispatch({ type: "refused", problem: ENDED });
  };
  const pay = (instrument: Instrument): void => {
    if (attempt.current === null) {
      attempt.current = gateway.attempt(instrument);
      dispatch({ type: "sent" });
      void start();
    }
  };
  const resume = (): void => {
    dispatch({ type: "trouble", trouble: null });
    void send();
  };

  const leave = (): void => {
    giveUp(state, gateway);
    dispatch({ type: "left" });
  };

  useParent(state, bootstrap, link);
  useNews(state, gateway, dispatch);
  useClock(state, bootstrap, dispatch);
  useConnection(dispatch);
  useReturn(state, resume);
  return { state, dispatch, pay, resume, leave };
}

/** Before a challenge is left, in whatever way. */
export function giveUp({ screen }: State, gateway: Gateway): void {
  if (screen.kind === "challenge") {
    gateway.giveUp(screen.url);
  }
}

/** Tell the parent what changed; while it is locked, tell it again, so that one that was away knows. */
function useParent(state: State, bootstrap: Bootstrap, link: Link | null): void {
  const before = useRef<State | null>(null);
  const locked = isLocked(state);
  useEffect(() => {
    for (const message of saidOf(before.current, state, orderIdOf(bootstrap.order))) {
      link?.say(message);
    }
    before.current = state;
  }, [state, bootstrap, link]);
  useEffect(() => {
    if (!locked || link === null) {
      return;
    }
    const timer = setInterval(() => link.say({ type: "processing", data: { active: true } }), PATIENCE.lock);
    return () => clearInterval(timer);
  }, [locked, link]);
}

/** Ask once while loading; follow the stream for as long as news matter. */
function useNews(state: State, gateway: Gateway, dispatch: (event: Event) => void): void {
  const isLoading = state.screen.kind === "loading";
  const watching = isWatching(state);
  useEffect(() => {
    let isOver = false;
    const ask = async (): Promise<void> => {
      const news = await gateway.news();
      if (!isOver) {
        dispatch(
          news.kind === "told"
            ? { type: "told", told: news.told }
            : { type: "not_told", problem: news.problem },
        );
      }
    };
    if (isLoading) {
      void ask();
    }
    return () => {
      isOver = true;
    };
  }, [isLoading, gateway, dispatch]);
  useEffect(() => {
    if (!watching) {
      return;
    }
    const source = {
      open: () =>
        typeof EventSource === "undefined" ? null : (new EventSource(gateway.streamUrl) as Stream),
      poll: () => gateway.news(),
      setTimeout: (run: () => void, ms: number) => window.setTimeout(run, ms),
      clearTimeout: (timer: number) => window.clearTimeout(timer),
    };
    return watch(source, (news) => {
      if (news.kind === "told") {
        dispatch({ type: "told", told: news.told });
      }
    });
  }, [watching, gateway, dispatch]);
}

/** What time alone changes: an order expires, a bank takes too long. */
function useClock(state: State, { order, session, now }: Bootstrap, dispatch: (event: Event) => void): void {
  const { screen } = state;
  const isPaying = screen.kind === "pay";
  const waitingFor = screen.kind === "waiting" ? screen.payment.id : null;
  const loadedAt = useRef(performance.now());
  useEffect(() => {
    const ends = [order?.expires_at, session?.expires_at].flatMap((end) =>
      end == null ? [] : [Date.parse(end)],
    );
    // By the server's clock, and by how long the page has been open: the buyer's own clock may be wrong.
    const leftMs = Math.min(...ends) - Date.parse(now) - (performance.now() - loadedAt.current);
    if (!isPaying || leftMs > PATIENCE.timer) {
      return;
    }
    const timer = setTimeout(() => dispatch({ type: "order_expired" }), leftMs);
    return () => clearTimeout(timer);
  }, [isPaying, order, session, now, dispatch]);
  useEffect(() => {
    if (waitingFor === null) {
      return;
    }
    const timer = setTimeout(() => dispatch({ type: "long" }), PATIENCE.long);
    return () => clearTimeout(timer);
  }, [waitingFor, dispatch]);
}

function useConnection(dispatch: (event: Event) => void): void {
  useEffect(() => {
    const tell = (): void => dispatch({ type: "online", online: navigator.onLine });
    addEventListener("online", tell);
    addEventListener("offline", tell);
    return () => {
      removeEventListener("online", tell);
      removeEventListener("offline", tell);
    };
  }, [dispatch]);
}

/** An attempt that stalled while the buyer was offline goes on by itself when they are back. */
function useReturn({ screen }: State, resume: () => void): void {
  const isStalled = screen.kind === "sending" && screen.trouble === "stalled";
  const latest = useRef(resume);
  latest.current = resume;
  useEffect(() => {
    if (!isStalled) {
      return;
    }
    const back = (): void => latest.current();
    addEventListener("online", back);
    return () => removeEventListener("online", back);
  }, [isStalled]);
}
