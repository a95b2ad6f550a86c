/** The browser's Back button closes what is open, and does not leave the shop. */

/** In the state of the one history entry that stands for all that is open. */
const MARK = "paygate";

const guards: Array<() => void> = [];
let leaving = false;

const isOurs = (): boolean => Boolean((history.state as Record<string, unknown> | null)?.[MARK]);

function enter(): void {
  if (!isOurs()) {
    try {
      // A router's own state stays in it.
      history.pushState({ ...history.state, [MARK]: true }, "");
    } catch {
      // a page without a history of its own: Back leaves it, as before
    }
  }
}

function onPop(): void {
  if (isOurs()) {
    return; // Forward came to where we are
  }
  if (leaving) {
    leaving = false;
  } else {
    guards.at(-1)?.();
  }
  if (guards.length) {
    enter();
  }
}

/** Call `onBack` instead of going back, until the answer is called; that takes the entry out of the history again. */
export function guardBack(onBack: () => void): () => void {
  addEventListener("popstate", onPop); // once, however often it is said
  guards.push(onBack);
  enter();
  return () => {
    const place = guards.indexOf(onBack);
    if (place < 0) {
      return;
    }
    guards.splice(place, 1);
    // A shop that went elsewhere meanwhile has an entry of its own by now.
    if (!guards.length && isOurs() && !leaving) {
      leaving = true;
      history.back();
    }
  };
}
