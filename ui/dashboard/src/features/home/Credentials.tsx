/** The key that programs use. Its secret is shown only where everybody knows it: the seeded test merchant's. */

import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { hooks } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { CopyButton } from "../../components/CopyButton.tsx";
import { Id } from "../../components/Id.tsx";
import { Panel } from "../../components/Panel.tsx";
import classes from "./home.module.css";

const MASK = "••••••••••••••••";

export function Credentials() {
  const { can, test_credentials: known } = useSession();
  const [isShown, setShown] = useState(false);
  const profile = hooks.useQuery("get", "/api/v1/merchants/profile", {}, { enabled: known === null });
  const key = known?.api_key ?? profile.data?.api_key ?? null;
  return (
    <Panel
      title="API credentials"
      testId="api-credentials"
      actions={
        can("api_keys:read") ? (
          <Anchor component={Link} to="/dashboard/developers/keys" size="sm">
            All keys
          </Anchor>
        ) : null
      }
    >
      <dl className={classes.credentials}>
        <div>
          <dt>Key</dt>
          <dd>
            {key === null ? (
              <span data-test-id="api-key">–</span>
            ) : (
              <Id value={key} testId="api-key" label="Copy key" />
            )}
          </dd>
        </div>
        <div>
          <dt>Secret</dt>
          <dd>
            <code data-test-id="api-secret">{isShown && known !== null ? known.api_secret : MASK}</code>
            {known !== null && (
              <>
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={isShown ? "Hide the secret" : "Show the secret"}
                  data-test-id="reveal-secret"
                  onClick={() => setShown(!isShown)}
                >
                  {isShown ? "Hide" : "Show"}
                </Button>
                <CopyButton value={known.api_secret} label="Copy secret" />
              </>
            )}
          </dd>
        </div>
      </dl>
      <Text size="xs" c="dimmed" mt="sm">
        {known !== null
          ? "Test credentials, the same in every Paygate: they move no real money."
          : "A secret is shown once, when its key is made. Roll the key to get a new one."}
      </Text>
    </Panel>
  );
}
