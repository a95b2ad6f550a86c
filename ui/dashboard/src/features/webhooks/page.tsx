/** Webhooks: where events go, and what became of each. */

import { Anchor, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { PageHeader } from "../../components/PageHeader.tsx";
import { DefaultEndpoint } from "./DefaultEndpoint.tsx";
import { Endpoints } from "./Endpoints.tsx";
import { Log } from "./Log.tsx";

export default function WebhooksPage() {
  return (
    <>
      <PageHeader
        title="Webhooks"
        description={
          <>
            Your server hears of every payment and refund, whether the buyer's browser lives or not.{" "}
            <Anchor component={Link} to="/dashboard/docs" hash="webhooks" inherit underline="always">
              How to verify one
            </Anchor>
          </>
        }
      />
      <Stack gap="lg">
        <DefaultEndpoint />
        <Endpoints />
        <Log />
      </Stack>
    </>
  );
}
