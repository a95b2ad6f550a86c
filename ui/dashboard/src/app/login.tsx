/** Sign in. */

import { Button, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { asProblem } from "../api/problem.ts";
import { configQuery, sessionQuery, signIn } from "../api/session.ts";
import { Icon } from "../components/Icon.tsx";
import { type Raw, useUrl } from "../url.ts";
import styles from "./login.module.css";
import { Logo } from "./logo.tsx";

/** Where to go once signed in: a page of ours and nothing else, whatever the address says. */
export function returnPath(wanted: string | undefined): string {
  return wanted !== undefined && /^\/dashboard(?:[/?#]|$)/.test(wanted) ? wanted : "/dashboard";
}

/** What is shown for a refusal. */
function refusalOf(error: unknown): string {
  const { status, description, retryAfterS } = asProblem(error);
  if (status === 401) {
    return "The email or the password is not right. Check both and try again.";
  }
  return status === 429 && retryAfterS !== null
    ? `Too many tries. Wait ${retryAfterS} seconds, then try again.`
    : description;
}

const readReturn = (raw: Raw) => returnPath(raw.return);

export function Login() {
  const [goTo] = useUrl(readReturn);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { data: config } = useQuery(configQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  useEffect(() => {
    document.title = "Sign in · Paygate";
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setRefusal(null);
    try {
      const session = await signIn(String(form.get("email")).trim(), String(form.get("password")));
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: goTo, replace: true });
    } catch (error) {
      setRefusal(refusalOf(error));
      setBusy(false);
    }
  };

  return (
    <main className={styles.page}>
      <div className={styles.sheet}>
        <Logo />
        <Title order={1} mt="md">
          Sign in
        </Title>
        <p className={styles.hint}>See every payment, refund and webhook of your shop.</p>
        <form onSubmit={submit} data-test-id="login-form">
          <Stack gap="md">
            {refusal !== null && (
              <p className={styles.refusal} role="alert" data-test-id="login-error">
                {refusal}
              </p>
            )}
            <TextInput
              label="Email"
              name="email"
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              size="md"
              data-test-id="email-input"
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              size="md"
              data-test-id="password-input"
            />
            <Button type="submit" size="md" fullWidth loading={isBusy} data-test-id="login-button">
              Sign in
            </Button>
          </Stack>
        </form>
        {config?.test_login && (
          <div className={styles.test}>
            <p className={styles.testTitle}>
              <Icon name="info" size={16} /> Test mode: sign in with
            </p>
            <p>
              <code>{config.test_login.email}</code>
            </p>
            <p>
              <code>{config.test_login.password}</code>
            </p>
          </div>
        )}
      </div>
    </main>
  );
}
