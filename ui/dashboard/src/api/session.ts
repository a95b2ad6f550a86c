/** Who is signed in, for which merchant, and what they may do. */

import { queryOptions } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { own } from "./client.ts";
import { ApiProblem } from "./problem.ts";

export type Role = "admin" | "developer" | "support" | "read_only";

/** As `/dashboard/api/session` tells it. */
export interface Session {
  readonly user: { readonly id: string; readonly email: string; readonly name: string; readonly role: Role };
  readonly merchant: { readonly id: string; readonly name: string; readonly email: string };
  readonly scopes: readonly string[];
  readonly test_mode: boolean;
  /** Where programs reach the API, for docs and curl. */
  readonly api_url: string;
  readonly checkout_url: string;
  readonly session_id: string;
  readonly expires_at: string;
  /** The seeded test merchant's only, whose secret everybody knows. */
  readonly test_credentials: { readonly api_key: string; readonly api_secret: string } | null;
}

/** What is told to who is not signed in. */
export interface Config {
  readonly test_mode: boolean;
  readonly test_login: { readonly email: string; readonly password: string } | null;
}

/** The session; null for nobody's. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await own<Session>("GET", "/session");
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        return null;
      }
      throw error;
    }
  },
  staleTime: 60_000,
});

export const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: () => own<Config>("GET", "/config"),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Throws ApiProblem; 401 for a wrong email or password, 429 for too many tries. */
export function signIn(email: string, password: string): Promise<Session> {
  return own<Session>("POST", "/login", { email, password });
}

/** Ends this session on the server. */
export function signOut(): Promise<void> {
  return own<void>("POST", "/logout");
}

const ROLES: Record<Role, string> = {
  admin: "Admin",
  developer: "Developer",
  support: "Support",
  read_only: "Read only",
};

/** A role in words. */
export function roleName(role: Role): string {
  return ROLES[role];
}

export interface Me extends Session {
  /** Whether the role has this scope of the API, as `refunds:write`. */
  readonly can: (scope: string) => boolean;
  /** Why a button is disabled; undefined where the role has the scope. */
  readonly why: (scope: string) => string | undefined;
}

const Context = createContext<Session | null>(null);

/** What is below it is read by this session's user. */
export const SessionProvider = Context;

/** The session of who reads this page. */
export function useSession(): Me {
  const session = useContext(Context);
  if (session === null) {
    throw new Error("useSession is for what stands in the shell.");
  }
  return useMemo(() => {
    const can = (scope: string) => session.scopes.includes(scope);
    const reason = `Your role, ${roleName(session.user.role)}, may not do this.`;
    return { ...session, can, why: (scope) => (can(scope) ? undefined : reason) };
  }, [session]);
}
