/** What webhooks tell of, and the patterns that an endpoint asks with. */

import type { Schema } from "../../api/client.ts";

export type EventType = Schema<"Delivery">["event"];
export type EventPattern = NonNullable<Schema<"CreateWebhookEndpoint">["event_types"]>[number];

interface Group {
  readonly pattern: EventPattern;
  readonly name: string;
  readonly types: readonly EventType[];
}

/** All types, by the pattern that asks for the whole group. */
export const GROUPS: readonly Group[] = [
  {
    pattern: "payment.*",
    name: "Payments",
    types: [
      "payment.created",
      "payment.pending",
      "payment.requires_action",
      "payment.success",
      "payment.failed",
      "payment.captured",
      "payment.canceled",
      "payment.expired",
      "payment.disputed",
    ],
  },
  { pattern: "refund.*", name: "Refunds", types: ["refund.created", "refund.processed", "refund.failed"] },
  { pattern: "webhook.*", name: "Tests", types: ["webhook.test"] },
  { pattern: "webhook_endpoint.*", name: "Endpoints", types: ["webhook_endpoint.disabled"] },
];

export const EVENT_TYPES: readonly EventType[] = GROUPS.flatMap(({ types }) => types);

/** What an endpoint with these patterns is sent. */
export function typesOf(patterns: readonly string[]): EventType[] {
  const wants = (type: EventType, group: string) =>
    patterns.includes("*") || patterns.includes(group) || patterns.includes(type);
  return GROUPS.flatMap(({ pattern, types }) => types.filter((type) => wants(type, pattern)));
}

/** The fewest patterns that say the same: a group whose types are all there is asked for as a group. */
export function tidied(patterns: readonly EventPattern[]): EventPattern[] {
  if (patterns.includes("*")) {
    return ["*"];
  }
  return GROUPS.flatMap(({ pattern, types }): EventPattern[] => {
    const chosen = types.filter((type) => patterns.includes(type));
    const isWhole = patterns.includes(pattern) || (types.length > 1 && chosen.length === types.length);
    return isWhole ? [pattern] : chosen;
  });
}

/** In a few words: "everything", "refund.* and 2 more". */
export function summary(patterns: readonly string[]): string {
  if (patterns.includes("*")) {
    return "Everything";
  }
  const [first, ...more] = patterns;
  return more.length === 0 ? (first ?? "Nothing") : `${first} and ${more.length} more`;
}
