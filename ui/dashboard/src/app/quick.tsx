/** What the keyboard does everywhere: the palette, the shortcuts, and their overview. */

import { useNavigate } from "@tanstack/react-router";
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useSession } from "../api/session.ts";
import { hear } from "./chords.ts";
import { pagesOf } from "./pages.ts";

// Who never presses the keys loads neither.
const Palette = lazy(() => import("./palette.tsx"));
const Help = lazy(() => import("./help.tsx"));

type Open = "palette" | "help" | null;

const Context = createContext<(what: Open) => void>(() => undefined);

/** Opens one of the two. */
export function useQuick(): (what: Open) => void {
  return useContext(Context);
}

export function QuickProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<Open>(null);
  const [wasOpened, setWasOpened] = useState<ReadonlySet<Open>>(new Set());
  const { user, scopes } = useSession();
  const sections = useMemo(() => pagesOf(user.role, scopes), [user.role, scopes]);
  const navigate = useNavigate();
  const chord = useRef<number | null>(null);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, timeStamp: at } = event;
      const heard = hear(
        chord.current,
        { key, ctrlKey, metaKey, altKey, at, isTaken: isTaken(event) },
        sections,
      );
      chord.current = heard.openSince;
      if (heard.meaning === null) {
        return;
      }
      event.preventDefault();
      if (heard.meaning.does === "go") {
        void navigate({ to: heard.meaning.to });
      } else {
        setOpen(heard.meaning.does);
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [navigate, sections]);

  // Once loaded it stays, so that it can leave as gently as it came.
  useEffect(() => setWasOpened((before) => new Set(before).add(open)), [open]);
  const close = () => setOpen(null);
  return (
    <Context value={setOpen}>
      {children}
      <Suspense>
        {wasOpened.has("palette") && (
          <Palette
            opened={open === "palette"}
            close={close}
            sections={sections}
            showHelp={() => setOpen("help")}
          />
        )}
        {wasOpened.has("help") && <Help opened={open === "help"} close={close} sections={sections} />}
      </Suspense>
    </Context>
  );
}

/** Letters belong to a field that is written in, and to an open dialog or menu. */
function isTaken({ target }: KeyboardEvent): boolean {
  return (
    (target instanceof Element &&
      target.closest("input, textarea, select, [contenteditable=true], [role=menu], [role=listbox]") !==
        null) ||
    document.querySelector("[role=dialog]") !== null
  );
}
