/** What waits between the services, in words. Pure. */

/** As `/api/v1/queues` tells it. Figures alone, of all merchants together. */
export interface Queues {
  readonly outbox: readonly Outbox[];
  readonly consumers: readonly Consumer[];
  readonly delays: readonly Delay[];
  readonly jobs: Jobs;
  /** Services that did not answer in time. */
  readonly missing: readonly string[];
}

export interface Outbox {
  readonly service: string;
  readonly depth: number;
  readonly oldest_s: number | null;
}

export interface Consumer {
  readonly service: string;
  readonly topic: string;
  readonly group: string;
  readonly partition_count: number;
  readonly lag: number | null;
}

export interface Delay {
  readonly topic: string;
  readonly tier_s: number;
  readonly waiting: number | null;
}

export interface Jobs {
  readonly pending: number;
  readonly processing: number;
  readonly completed: number;
  readonly failed: number;
  readonly worker_status: string;
}

/** A message that has been in an outbox for so long is not just on its way. */
const STUCK_S = 10;
/** So many messages behind is more than a moment's work. */
const BEHIND = 1000;

export interface Verdict {
  readonly tone: "good" | "info" | "warn";
  readonly text: string;
}

/** The whole in one sentence, the most serious first. */
export function verdictOf({ outbox, consumers, jobs, missing }: Queues): Verdict {
  if (missing.length > 0) {
    return {
      tone: "warn",
      text: `No figures from ${missing.join(" and ")}: what is missing below may be large.`,
    };
  }
  const stuck = outbox.find(({ oldest_s }) => (oldest_s ?? 0) >= STUCK_S);
  if (stuck !== undefined) {
    return {
      tone: "warn",
      text: `The ${stuck.service}'s messages wait to be published: Kafka is away or slow. Nothing is lost meanwhile.`,
    };
  }
  const behind = lagOf(consumers);
  if (behind >= BEHIND) {
    return { tone: "warn", text: "Consumers are behind: results and webhooks come later than usual." };
  }
  const waiting = behind + outbox.reduce((sum, { depth }) => sum + depth, 0) + jobs.pending + jobs.processing;
  return waiting > 0
    ? { tone: "info", text: "Work is on its way." }
    : { tone: "good", text: "All caught up: nothing waits." };
}

/** How far all consumers are behind together. */
export function lagOf(consumers: readonly Consumer[]): number {
  return consumers.reduce((sum, { lag }) => sum + (lag ?? 0), 0);
}

/** Those that are behind first. */
export function byLag(consumers: readonly Consumer[]): Consumer[] {
  return consumers.toSorted(
    (one, other) => (other.lag ?? 0) - (one.lag ?? 0) || one.topic.localeCompare(other.topic),
  );
}
