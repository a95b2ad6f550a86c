/** ⌘K: pages, actions, and whatever has this id, address or receipt. */

import { Modal, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from "react";
import { hooks, type Schema } from "../api/client.ts";
import { useSession } from "../api/session.ts";
import { Icon } from "../components/Icon.tsx";
import { meaningOf } from "../components/status.ts";
import { money } from "../format.ts";
import { useLocale } from "../locale.tsx";
import { type Action, find, type Offer, whereIs } from "./find.ts";
import type { Section } from "./pages.ts";
import styles from "./palette.module.css";
import { useSignOut } from "./userMenu.tsx";

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly sections: readonly Section[];
  readonly showHelp: () => void;
}

export default function Palette({ opened, close, sections, showHelp }: Props) {
  return (
    <Modal.Root opened={opened} onClose={close} size={620} yOffset="12vh" centered={false}>
      <Modal.Overlay backgroundOpacity={0.4} blur={1} />
      <Modal.Content aria-label="Search and commands" data-test-id="palette">
        <Search close={close} sections={sections} showHelp={showHelp} />
      </Modal.Content>
    </Modal.Root>
  );
}

const SEARCHED_AFTER_MS = 200;

function Search({ close, sections, showHelp }: Omit<Props, "opened">) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const found = useFound(text);
  const offers = useMemo(() => [...found, ...find(text, sections)], [found, text, sections]);
  const navigate = useNavigate();
  const act = useActions(showHelp);
  const here = Math.min(at, offers.length - 1);

  const choose = (offer: Offer | undefined) => {
    if (offer === undefined) {
      return;
    }
    close();
    if (offer.to !== undefined) {
      void navigate({ href: offer.to });
    } else if (offer.action !== undefined) {
      act(offer.action);
    }
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((here + step + offers.length) % offers.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(offers[here]);
    }
  };
  useEffect(() => {
    document.getElementById(`${list} ${here}`)?.scrollIntoView({ block: "nearest" });
  }, [list, here]);

  return (
    <>
      <div className={styles.field}>
        <Icon name="search" />
        <input
          className={styles.input}
          data-autofocus
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={offers.length > 0 ? `${list} ${here}` : undefined}
          aria-autocomplete="list"
          aria-label="Search pages, ids, UPI addresses, receipts"
          placeholder="Search pages, ids, UPI addresses, receipts"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
          data-test-id="palette-input"
        />
      </div>
      <div className={styles.list} id={list} role="listbox" aria-label="Results">
        {groupsOf(offers).map(({ group, rows }) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is not what groups the options of a list
          <div key={group} role="group" aria-label={group}>
            <p className={styles.group} aria-hidden="true">
              {group}
            </p>
            {rows.map(({ offer, index }) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active option
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
              <div
                key={offer.id}
                id={`${list} ${index}`}
                role="option"
                aria-selected={index === here}
                className={styles.offer}
                onClick={() => choose(offer)}
                onMouseMove={() => setAt(index)}
                data-test-id="palette-option"
              >
                <Icon name={offer.icon} size={17} />
                <span className={styles.title}>{offer.title}</span>
                {offer.hint !== undefined && <span className={styles.hint}>{offer.hint}</span>}
              </div>
            ))}
          </div>
        ))}
      </div>
      {offers.length === 0 && (
        <p className={styles.none} role="status">
          Nothing has this name. An id, a whole UPI address, the last four digits of a card or an order's
          receipt can be searched for.
        </p>
      )}
    </>
  );
}

interface Group {
  readonly group: string;
  readonly rows: { readonly offer: Offer; readonly index: number }[];
}

/** Neighbours of one group together, each with its place in the whole list. */
function groupsOf(offers: readonly Offer[]): Group[] {
  const groups: Group[] = [];
  for (const [index, offer] of offers.entries()) {
    const last = groups.at(-1);
    if (last?.group === offer.group) {
      last.rows.push({ offer, index });
    } else {
      groups.push({ group: offer.group, rows: [{ offer, index }] });
    }
  }
  return groups;
}

const SHORTEST = 4;
const NONE: readonly never[] = [];

/** Payments that have it. An id alone leads where it belongs, without a search. */
function useFound(text: string): readonly Offer[] {
  const [wanted] = useDebouncedValue(text.trim(), SEARCHED_AFTER_MS);
  const { can } = useSession();
  const locale = useLocale();
  const isSearch = wanted.length >= SHORTEST && /[\d@_]/.test(wanted) && whereIs(wanted) === undefined;
  const { data } = hooks.useQuery(
    "get",
    "/api/v1/payments",
    { params: { query: { q: wanted, limit: 5 } } },
    { enabled: isSearch && can("payments:read"), retry: false },
  );
  return useMemo(
    () => (isSearch && data ? data.data.map((payment) => offerOfPayment(payment, locale)) : NONE),
    [isSearch, data, locale],
  );
}

function offerOfPayment(payment: Schema<"Payment">, locale: string): Offer {
  const { id, amount, currency, status } = payment;
  const title = `${money(amount, currency, locale)} · ${meaningOf("payment", status).text}`;
  return { id, group: "Found", title, hint: id, icon: "payments", to: `/dashboard/payments/${id}` };
}

function useActions(showHelp: () => void): (action: Action) => void {
  const { setColorScheme } = useMantineColorScheme();
  const leave = useSignOut();
  return (action) => {
    if (action === "shortcuts") {
      showHelp();
    } else if (action === "sign-out") {
      leave();
    } else {
      setColorScheme(action);
    }
  };
}
