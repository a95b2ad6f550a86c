/** All rows that the filters let through as CSV: more than the page shows, and nothing else. */

import { Button, Tooltip } from "@mantine/core";
import { useState } from "react";
import { file } from "../api/client.ts";
import { Icon } from "../components/Icon.tsx";
import { tellProblem } from "../components/tell.ts";

interface Given {
  readonly href: string;
  /** What is exported: payments. */
  readonly noun: string;
}

/** Hands a file to the browser, which puts it where downloads go. */
function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function ExportButton({ href, noun }: Given) {
  const [isOnTheWay, setOnTheWay] = useState(false);
  // Not a plain link: the page would not learn of a refusal, and the browser does not say the reason.
  const fetchAll = async () => {
    setOnTheWay(true);
    try {
      save(await file(href), `${noun}.csv`);
    } catch (error) {
      tellProblem(error);
    } finally {
      setOnTheWay(false);
    }
  };
  return (
    <Tooltip label={`All ${noun} that the filters let through, with the columns that are shown`}>
      <Button
        onClick={() => void fetchAll()}
        loading={isOnTheWay}
        variant="default"
        leftSection={<Icon name="download" size={16} />}
        data-test-id="export-button"
      >
        Export
      </Button>
    </Tooltip>
  );
}
