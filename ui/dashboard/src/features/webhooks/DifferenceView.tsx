/** What is otherwise in one attempt than in another. */

import { type Attempt, type Change, differenceOf, nameOf } from "./attempts.ts";
import styles from "./DifferenceView.module.css";

const PARTS: Record<Change["part"], string> = {
  outcome: "Outcome",
  request: "Request headers",
  response: "Response headers",
};

export function DifferenceView({ before, after }: { before: Attempt; after: Attempt }) {
  const { changes, body } = differenceOf(before, after);
  const parts = (Object.keys(PARTS) as Change["part"][]).filter((part) =>
    changes.some((one) => one.part === part),
  );
  const title = `From ${nameOf(before).toLowerCase()} to ${nameOf(after).toLowerCase()}`;
  return (
    <section className={styles.view} aria-label={title} data-test-id="attempt-difference">
      <h3 className={styles.title}>{title}</h3>
      {changes.length === 0 && body === null && <p className={styles.same}>Nothing differs but the time.</p>}
      {parts.map((part) => (
        <div key={part}>
          <h4 className={styles.subtitle}>{PARTS[part]}</h4>
          <dl className={styles.changes}>
            {changes
              .filter((one) => one.part === part)
              .map(({ name, before: was, after: is }) => (
                <div key={name} className={styles.change}>
                  <dt>{name}</dt>
                  <dd>
                    {was !== null && <del className={styles.gone}>{was}</del>}
                    {is !== null && <ins className={styles.new}>{is}</ins>}
                  </dd>
                </div>
              ))}
          </dl>
        </div>
      ))}
      {body !== null && (
        <div>
          <h4 className={styles.subtitle}>Response body</h4>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard */}
          <section className={styles.scroll} tabIndex={0} aria-label="Difference of the response bodies">
            <pre className={styles.lines}>
              {body.map(({ kind, text }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and none moves
                <Row key={index} kind={kind} text={text} />
              ))}
            </pre>
          </section>
        </div>
      )}
    </section>
  );
}

function Row({ kind, text }: { kind: "same" | "gone" | "new"; text: string }) {
  if (kind === "same") {
    return <span className={styles.line}>{`  ${text}\n`}</span>;
  }
  return kind === "gone" ? (
    <del className={`${styles.line} ${styles.gone}`}>{`- ${text}\n`}</del>
  ) : (
    <ins className={`${styles.line} ${styles.new}`}>{`+ ${text}\n`}</ins>
  );
}
