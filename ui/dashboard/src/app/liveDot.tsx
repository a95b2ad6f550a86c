/** Whether what happens shows by itself. */

import { Tooltip } from "@mantine/core";
import type { LiveState } from "../api/live.ts";
import { useLiveState } from "../api/useLive.tsx";
import styles from "./liveDot.module.css";

const WORDS: Record<LiveState, { word: string; hint: string }> = {
  live: { word: "Live", hint: "New payments show by themselves." },
  reconnecting: {
    word: "Reconnecting",
    hint: "The line to the gateway is cut. Nothing is lost: it goes on where it was.",
  },
  off: { word: "Paused", hint: "Nothing shows by itself while this page is out of sight." },
};

export function LiveDot() {
  const state = useLiveState();
  const { word, hint } = WORDS[state];
  return (
    <Tooltip label={hint} multiline maw={260}>
      <span className={styles.live} data-state={state} data-test-id="live-state" role="status">
        <span className={styles.dot} />
        <span className={styles.word}>{word}</span>
      </span>
    </Tooltip>
  );
}
