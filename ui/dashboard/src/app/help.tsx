/** The shortcuts, at a glance. */

import { Kbd, Modal } from "@mantine/core";
import styles from "./help.module.css";
import type { Section } from "./pages.ts";

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly sections: readonly Section[];
}

const EVERYWHERE = [
  { keys: ["Ctrl", "K"], does: "Search and commands (⌘ K on a Mac)" },
  { keys: ["/"], does: "Search and commands" },
  { keys: ["?"], does: "This overview" },
  { keys: ["Esc"], does: "Close what is open" },
];

export default function Help({ opened, close, sections }: Props) {
  const pages = sections.flatMap((section) => section.pages).filter(({ key }) => key !== undefined);
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size="lg">
      <div className={styles.columns}>
        <Keys title="Everywhere" rows={EVERYWHERE} />
        <Keys
          title="Go to a page"
          rows={pages.map(({ key, title }) => ({ keys: ["G", (key ?? "").toUpperCase()], does: title }))}
        />
      </div>
    </Modal>
  );
}

function Keys({
  title,
  rows,
}: {
  title: string;
  rows: readonly { keys: readonly string[]; does: string }[];
}) {
  return (
    <section>
      <h3 className={styles.title}>{title}</h3>
      <dl className={styles.list}>
        {rows.map(({ keys, does }) => (
          <div key={does + keys.join(" ")} className={styles.row}>
            <dt className={styles.does}>{does}</dt>
            <dd className={styles.keys}>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
