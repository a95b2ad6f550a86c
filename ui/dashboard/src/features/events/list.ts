/** What the address of the list of events may say, and what a webhook of an event carries. */

import { EVENT_TYPES } from "../../api/live.ts";
import { type ListSearch, listReaders } from "../../lists/query.ts";
import { idOf, readSearch, word } from "../../lists/search.ts";
import type { Raw } from "../../url.ts";

/** What can be asked for: one type, or all of a kind. */
export const TYPES = ["payment.*", "refund.*", ...EVENT_TYPES] as const;
export const COLUMN_NAMES = ["type", "id", "object", "sequence", "position", "place", "created_at"] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

export interface EventsSearch extends ListSearch {
  readonly type?: (typeof TYPES)[number];
  readonly object?: string;
}

const anObject = idOf("order", "pay", "rfnd");

/** The address, read. */
export function readEvents(raw: Raw): EventsSearch {
  return readSearch<EventsSearch>({ ...listReaders(COLUMN_NAMES), type: word(TYPES), object: anObject }, raw);
}

/** What makes no object's id; null for what does. */
export function objectProblem(said: string): string | null {
  return anObject(said) === undefined ? "Write a whole id: pay_…, rfnd_… or order_…" : null;
}

/** What a type is called in the filter. */
export function typeName(type: string): string {
  return type.endsWith(".*") ? `All of ${type.slice(0, -2)}s` : type;
}

interface Told {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly sequence: number;
  readonly data: object;
}

/** The body of the event's webhooks. */
export function webhookBody({ id, type, created_at, sequence, data }: Told) {
  return { id, event: type, timestamp: Math.floor(Date.parse(created_at) / 1000), sequence, data };
}

interface Placed {
  readonly topic: string;
  readonly partition: number | null;
  readonly offset: number | null;
}

/** Where the event is in Kafka, `payment.events.v1 / 3 @ 1042`; null for one that is older than the record of it. */
export function placeOf({ topic, partition, offset }: Placed): string | null {
  return partition !== null && offset !== null ? `${topic} / ${partition} @ ${offset}` : null;
}

interface Endpoint {
  readonly enabled: boolean;
  readonly url: string | null;
  readonly event_types: readonly string[];
}

/** Whether an endpoint is told of such events. */
export function asksFor({ enabled, url, event_types }: Endpoint, type: string): boolean {
  return (
    enabled &&
    url !== null &&
    event_types.some(
      (one) => one === type || one === "*" || (one.endsWith(".*") && type.startsWith(one.slice(0, -1))),
    )
  );
}
