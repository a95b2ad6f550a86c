/** One attempt in full: what happened and what to do, its phases, the request, the answer. */

import { Group } from "@mantine/core";
import { CopyButton } from "../../components/CopyButton.tsx";
import { Facts } from "../../components/Facts.tsx";
import { When } from "../../components/When.tsx";
import { duration } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import styles from "./AttemptView.module.css";
import { type Attempt, adviceFor, bodyText, curlOf, nameOf, outcomeOf, triggerOf } from "./attempts.ts";
import { Countdown } from "./Countdown.tsx";
import { Phases } from "./Phases.tsx";

export function AttemptView({ attempt, body }: { attempt: Attempt; body: string }) {
  const locale = useLocale();
  const advice = adviceFor(attempt);
  const next = attempt.next_attempt_at;
  return (
    <section className={styles.view} aria-label={nameOf(attempt)}>
      <Group justify="space-between" gap="sm">
        <h3 className={styles.title}>{nameOf(attempt)}</h3>
        <CopyButton full value={curlOf(attempt, body)} label="Copy as curl" />
      </Group>
      {advice !== null && (
        <div className={styles.advice}>
          <p>
            <strong>{advice.what}</strong>
            {attempt.error !== null && ` ${attempt.error}.`}
          </p>
          <p>{advice.todo}</p>
        </div>
      )}
      <Facts
        facts={[
          { name: "Sent", value: <When at={attempt.at} form="long" /> },
          { name: "To", value: <code>{attempt.url}</code> },
          { name: "Outcome", value: outcomeOf(attempt) },
          { name: "Took", value: duration(attempt.duration_ms, locale) },
          { name: "Made because", value: triggerOf(attempt) },
          {
            name: "Next was due",
            value: next && (
              <>
                <When at={next} form="second" /> (<Countdown at={next} />)
              </>
            ),
          },
        ]}
      />
      <Phases attempt={attempt} />
      <Headers title="Request headers" headers={attempt.request_headers} />
      {attempt.response_status !== null && (
        <>
          <Headers title="Response headers" headers={attempt.response_headers ?? {}} />
          <Body attempt={attempt} />
        </>
      )}
    </section>
  );
}

function Headers({ title, headers }: { title: string; headers: Readonly<Record<string, string>> }) {
  const all = Object.entries(headers);
  return (
    <div>
      <h4 className={styles.subtitle}>{title}</h4>
      {all.length === 0 ? (
        <p className={styles.none}>None.</p>
      ) : (
        <table className={styles.headers}>
          <tbody>
            {all.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Body({ attempt }: { attempt: Attempt }) {
  const text = bodyText(attempt);
  return (
    <div>
      <h4 className={styles.subtitle}>Response body</h4>
      {text === "" ? (
        <p className={styles.none}>{attempt.response_body === null ? "Not kept." : "Empty."}</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard */}
          <section className={styles.scroll} tabIndex={0} aria-label="Response body">
            <pre className={styles.body} data-test-id="webhook-response-body">
              {text}
            </pre>
          </section>
          {attempt.response_body_truncated && (
            <p className={styles.none}>Cut off: only the beginning is kept.</p>
          )}
        </>
      )}
    </div>
  );
}
