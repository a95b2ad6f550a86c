/** Users, sessions and the trail, as the dashboard's own routes tell them. */

import { queryOptions } from "@tanstack/react-query";
import { own } from "../../api/client.ts";
import type { Role } from "../../api/session.ts";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly created_at: string;
}

/** A user with the password that is told once. */
export type NewUser = User & { readonly password: string };

export interface OpenSession {
  readonly id: string;
  readonly user_agent: string;
  readonly address: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly current: boolean;
}

/** Something that a user changed, or tried to. */
export interface Deed {
  readonly id: string;
  readonly at: string;
  readonly user: { readonly id: string; readonly email: string };
  /** Method and route, `POST /api/v1/payments/{id}/refunds`, or words for what is done here: `sign in`. */
  readonly action: string;
  readonly object_id: string | null;
  /** HTTP's; null where no answer came. */
  readonly status: number | null;
  readonly address: string;
  readonly request_id: string | null;
}

export const usersQuery = queryOptions({
  queryKey: ["own", "/users"],
  queryFn: () => own<{ data: User[] }>("GET", "/users"),
});

export const sessionsQuery = queryOptions({
  queryKey: ["own", "/sessions"],
  queryFn: () => own<{ data: OpenSession[] }>("GET", "/sessions"),
});

/** The trail, the newest first; of one user, and after one deed. */
export function trailQuery(which: { userId?: string | undefined; after?: string | undefined }) {
  const query = new URLSearchParams({ limit: "25" });
  if (which.userId !== undefined) {
    query.set("user_id", which.userId);
  }
  if (which.after !== undefined) {
    query.set("starting_after", which.after);
  }
  return queryOptions({
    queryKey: ["own", "/trail", which],
    queryFn: () => own<{ data: Deed[]; has_more: boolean }>("GET", `/trail?${query}`),
  });
}

/** Roles in the order in which they may do less, and what they may. */
export const ROLES: readonly { readonly value: Role; readonly label: string; readonly may: string }[] = [
  { value: "admin", label: "Admin", may: "Everything, and who is in the team." },
  {
    value: "developer",
    label: "Developer",
    may: "Reads everything. Webhooks, events, checkout and API keys.",
  },
  {
    value: "support",
    label: "Support",
    may: "Reads all but API keys. Captures, voids, refunds, resends events.",
  },
  { value: "read_only", label: "Read only", may: "Reads all but API keys. Changes nothing." },
];

/** The shortest password that the dashboard takes. */
export const PASSWORD_MIN = 12;
