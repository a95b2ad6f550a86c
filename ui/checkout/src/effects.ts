/** What the page does to the window around it. */

import { useEffect, useRef } from "react";
import type { Screen } from "./machine.ts";
import type { Link } from "./parent.ts";

/** How long a hosted page shows its success before it goes on, in ms. */
const SHOWN_MS = 4_000;

/** Escape inside the frame never reaches the parent: it is told. */
export function useEscape(close: { readonly current: () => void }): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.isComposing && document.querySelector("dialog[open]") === null) {
        close.current();
      }
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [close]);
}

/**
 * Tell the parent how high the content is: in the shop's own page the frame becomes just that. A dialog only ever grows
 * with it, since one that changed with each state would jump.
 */
export function useHeight(
  page: { readonly current: HTMLElement | null },
  parent: Link | null,
  isInline: boolean,
): void {
  useEffect(() => {
    const element = page.current;
    if (element === null || parent === null) {
      return;
    }
    const observer = new ResizeObserver(() => {
      const height = Math.ceil(element.getBoundingClientRect().height);
      if (isInline || height > innerHeight) {
        parent.say({ type: "resize", data: { height } });
      }
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [page, parent, isInline]);
}

/** Each new state is begun at its headline, so that who can't see it hears where they are. Not the first one. */
export function useFocus(page: { readonly current: HTMLElement | null }, screen: Screen): void {
  const place = screen.kind === "sending" ? "waiting" : screen.kind;
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) {
      return;
    }
    const isCorrection = screen.kind === "pay" && screen.refusal?.field != null;
    const isFirst = place === "pay" && before.current === "loading";
    before.current = place;
    if (!isCorrection && !isFirst) {
      const target = page.current?.querySelector<HTMLElement>(".stage [data-focus], .methods input:checked");
      target?.focus({ preventScroll: place === "pay" });
    }
  }, [page, place, screen]);
}

/** Once the success has been seen, a hosted page goes on by itself. */
export function useReturn(href: string | null): void {
  useEffect(() => {
    if (href === null) {
      return;
    }
    const timer = setTimeout(() => location.assign(href), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [href]);
}
