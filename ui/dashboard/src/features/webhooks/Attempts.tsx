/** The attempts of a delivery: a list of them, one in full, and what differs between two. */

import { Select } from "@mantine/core";
import { Badge } from "../../components/StatusBadge.tsx";
import { When } from "../../components/When.tsx";
import { duration } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import { type Raw, useUrl } from "../../url.ts";
import styles from "./Attempts.module.css";
import { AttemptView } from "./AttemptView.tsx";
import { type Attempt, chosen, isGood, keyOf, nameOf, outcomeOf } from "./attempts.ts";
import { DifferenceView } from "./DifferenceView.tsx";

const readChoice = ({ attempt, against }: Raw) => ({ attempt, against });

export function Attempts({ log, body }: { log: readonly Attempt[]; body: string }) {
  const locale = useLocale();
  const [choice, change] = useUrl(readChoice);
  const shown = chosen(log, choice.attempt);
  const others = log.filter((one) => one !== shown);
  const against = others.find((one) => keyOf(one) === choice.against);
  if (shown === undefined) {
    return null;
  }
  return (
    <div className={styles.both}>
      <div>
        <ol className={styles.list} aria-label="Attempts">
          {log.toReversed().map((attempt) => (
            <li key={keyOf(attempt)}>
              <button
                type="button"
                className={styles.attempt}
                aria-current={attempt === shown}
                onClick={() =>
                  change({ attempt: attempt === log.at(-1) ? null : keyOf(attempt) }, { replace: true })
                }
                data-test-id="webhook-attempt"
              >
                <span className={styles.name}>{nameOf(attempt)}</span>
                <Badge tone={isGood(attempt) ? "good" : "bad"}>{outcomeOf(attempt)}</Badge>
                <span className={styles.when}>
                  <When at={attempt.at} form="second" /> · {duration(attempt.duration_ms, locale)}
                </span>
              </button>
            </li>
          ))}
        </ol>
        {others.length > 0 && (
          <Select
            label="Compare with"
            placeholder="Another attempt"
            data={others.map((one) => ({ value: keyOf(one), label: nameOf(one) }))}
            value={against === undefined ? null : keyOf(against)}
            onChange={(key) => change({ against: key }, { replace: true })}
            clearable
            clearButtonProps={{ "aria-label": "Compare no longer" }}
            mt="md"
            data-test-id="compare-attempt"
          />
        )}
      </div>
      <div className={styles.shown}>
        {against !== undefined && <DifferenceView before={against} after={shown} />}
        <AttemptView attempt={shown} body={body} />
      </div>
    </div>
  );
}
