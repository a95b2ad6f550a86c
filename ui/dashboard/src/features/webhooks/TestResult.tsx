/** What became of a test event: looked at until its first attempt is in the log. */

import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { hooks } from "../../api/client.ts";
import { duration } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import { adviceFor, outcomeOf } from "./attempts.ts";
import styles from "./TestResult.module.css";

const LOOK_MS = 500;

export function TestResult({ id }: { id: string }) {
  const locale = useLocale();
  const { data } = hooks.useQuery(
    "get",
    "/api/v1/webhooks/{id}",
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (state.data?.attempt_log.length ? false : LOOK_MS) },
  );
  const last = data?.attempt_log.at(-1);
  const advice = last === undefined ? null : adviceFor(last);
  const tone = last === undefined ? "calm" : advice === null ? "good" : "bad";
  return (
    <p className={styles.result} role="status" data-tone={tone} data-test-id="webhook-test-result">
      {last === undefined
        ? "A test event is on its way…"
        : advice === null
          ? `Your server answered ${outcomeOf(last)} after ${duration(last.duration_ms, locale)}. `
          : `${outcomeOf(last)}: ${advice.what} ${advice.todo} `}
      {last !== undefined && (
        <Anchor
          component={Link}
          to={`/dashboard/webhooks/deliveries/${id}`}
          inherit
          c="inherit"
          underline="always"
        >
          Look at it
        </Anchor>
      )}
    </p>
  );
}
