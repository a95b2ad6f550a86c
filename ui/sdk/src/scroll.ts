/** Keeps the page under a dialog where it is. */

let locks = 0;
let restore: () => void;

/**
 * Hold the page still until the answer is called, once. iOS scrolls a page under a dialog unless its body is fixed, which
 * loses its place, so that is put back afterwards.
 */
export function lockScroll(): () => void {
  if (!locks++) {
    restore = fix();
  }
  return () => {
    if (!--locks) {
      restore();
    }
  };
}

function fix(): () => void {
  const { scrollX: left, scrollY: top, innerWidth } = window;
  const { documentElement: root, body } = document;
  const undo = [
    // A scroll bar that takes room keeps it, so that nothing shifts.
    set(root, "overflow-y", innerWidth > root.clientWidth ? "scroll" : "hidden"),
    set(body, "position", "fixed"),
    set(body, "top", `${-top}px`),
    set(body, "left", `${-left}px`),
    set(body, "width", "100%"),
  ];
  return () => {
    for (const step of undo) {
      step();
    }
    scrollTo({ left, top, behavior: "instant" });
  };
}

function set({ style }: HTMLElement, name: string, value: string): () => void {
  const before = style.getPropertyValue(name);
  style.setProperty(name, value);
  return () => style.setProperty(name, before);
}
