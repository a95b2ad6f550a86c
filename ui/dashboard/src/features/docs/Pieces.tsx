/** A piece of a program, or the same in several languages; the choice is in the address, and one for the whole page. */

import { Tabs } from "@mantine/core";
import { CodeBlock } from "../../components/CodeBlock.tsx";
import { oneOf, type Raw, useUrl } from "../../url.ts";
import styles from "./Pieces.module.css";
import { type PieceName, piece, type Reader } from "./snippets.ts";

const LANGUAGES = ["curl", "node", "python"] as const;
type Language = (typeof LANGUAGES)[number];

const NAMES: Record<Language, string> = { curl: "curl", node: "Node.js", python: "Python" };

const readLanguage = ({ lang }: Raw) => oneOf(lang, LANGUAGES);

interface PiecesProps {
  readonly reader: Reader;
  readonly names: Partial<Record<Language, PieceName>>;
  readonly testId: string;
}

export function Pieces({ reader, names, testId }: PiecesProps) {
  const [wanted, change] = useUrl(readLanguage);
  const offered = LANGUAGES.filter((language) => names[language] !== undefined);
  const shown = offered.find((language) => language === wanted) ?? offered[0] ?? "curl";
  const name = names[shown];
  return (
    <Tabs
      value={shown}
      onChange={(language) => change({ lang: language }, { replace: true })}
      keepMounted={false}
    >
      <Tabs.List aria-label="Language">
        {offered.map((language) => (
          <Tabs.Tab key={language} value={language}>
            {NAMES[language]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={shown} pt="sm">
        {name !== undefined && <CodeBlock code={piece(name, reader)} label={name} testId={testId} />}
      </Tabs.Panel>
    </Tabs>
  );
}

interface PieceProps {
  readonly reader: Reader;
  readonly name: PieceName;
  readonly title?: string;
}

export function Piece({ reader, name, title }: PieceProps) {
  return (
    <div className={styles.piece}>
      {title !== undefined && <h3 className={styles.title}>{title}</h3>}
      <CodeBlock code={piece(name, reader)} label={name} />
    </div>
  );
}
