/** What went wrong, what to do, and the request's id for who is asked for help. */

import { Button } from "@mantine/core";
import { asProblem } from "../api/problem.ts";
import styles from "./ErrorState.module.css";
import { Icon } from "./Icon.tsx";
import { Id } from "./Id.tsx";

interface Props {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
}

const TITLES: Record<number, string> = {
  0: "No answer",
  403: "Your role may not see this",
  404: "Not found",
  429: "Too many requests",
  503: "Not available at the moment",
};

export function ErrorState({ error, retry }: Props) {
  const problem = asProblem(error);
  return (
    <div className={styles.error} role="alert">
      <span className={styles.icon}>
        <Icon name="alert" />
      </span>
      <div className={styles.said}>
        <p className={styles.title}>{TITLES[problem.status] ?? "That did not work"}</p>
        <p className={styles.description}>{problem.description}</p>
        <p className={styles.code}>
          <code>{problem.code}</code>
          {problem.requestId !== null && (
            <>
              {" · request "}
              <Id value={problem.requestId} label="Copy the request's id" />
            </>
          )}
        </p>
      </div>
      {retry !== undefined && (
        <Button variant="default" onClick={retry} leftSection={<Icon name="refresh" size={16} />}>
          Try again
        </Button>
      )}
    </div>
  );
}
