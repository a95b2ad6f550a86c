/** All rows that the filters let through as CSV, streamed by the api: more than the page shows, and nothing else. */

import { Button, Tooltip } from "@mantine/core";
import { Icon } from "../components/Icon.tsx";

interface Given {
  readonly href: string;
  /** What is exported: payments. */
  readonly noun: string;
}

export function ExportButton({ href, noun }: Given) {
  return (
    <Tooltip label={`All ${noun} that the filters let through, with the columns that are shown`}>
      <Button
        component="a"
        href={href}
        download
        variant="default"
        leftSection={<Icon name="download" size={16} />}
        data-test-id="export-button"
      >
        Export
      </Button>
    </Tooltip>
  );
}
