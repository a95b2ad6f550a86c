/** One's own password. */

import { Button, PasswordInput, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { own } from "../../api/client.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { Panel } from "../../components/Panel.tsx";
import { tellDone } from "../../components/tell.ts";
import { PASSWORD_MIN, sessionsQuery } from "./people.ts";
import styles from "./settings.module.css";

export function PasswordForm() {
  const queries = useQueryClient();
  const [repeated, setRepeated] = useState<string | null>(null);
  const change = useMutation({
    mutationFn: (passwords: { current: string; new: string }) => own<void>("POST", "/password", passwords),
    onSuccess: () => {
      tellDone("Your password was changed. Your other sessions have ended.");
      return queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string) => String(new FormData(form).get(name));
    const isSame = text("new") === text("again");
    setRepeated(isSame ? null : "This is not the same as the new password.");
    if (isSame) {
      change.mutate({ current: text("current"), new: text("new") }, { onSuccess: () => form.reset() });
    }
  };
  return (
    <Panel title="Password" description="Changing it ends your other sessions.">
      <form onSubmit={submit} className={styles.form} data-test-id="password-form">
        <Stack gap="sm">
          {change.error && <ErrorState error={change.error} />}
          <PasswordInput
            name="current"
            label="Present password"
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
          <PasswordInput
            name="new"
            label="New password"
            description={`At least ${PASSWORD_MIN} characters.`}
            autoComplete="new-password"
            minLength={PASSWORD_MIN}
            required
            withAsterisk={false}
          />
          <PasswordInput
            name="again"
            label="New password, again"
            autoComplete="new-password"
            error={repeated}
            required
            withAsterisk={false}
          />
          <div>
            <Button type="submit" loading={change.isPending}>
              Change the password
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  );
}
