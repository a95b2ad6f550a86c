/** Copies a text, and says so. */

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Icon } from "./Icon.tsx";

interface Props {
  readonly value: string;
  /** What is copied: "Copy id". */
  readonly label?: string;
  /** A button with its label, in place of the small sign. */
  readonly full?: boolean;
}

export function CopyButton({ value, label = "Copy", full = false }: Props) {
  const clipboard = useClipboard({ timeout: 1500 });
  const said = clipboard.copied ? "Copied" : label;
  const sign = <Icon name={clipboard.copied ? "done" : "copy"} size={full ? 16 : 14} />;
  const announced = (
    <span role="status" className="visually-hidden">
      {clipboard.copied ? "Copied" : ""}
    </span>
  );
  if (full) {
    return (
      <>
        <Button variant="default" leftSection={sign} onClick={() => clipboard.copy(value)}>
          {said}
        </Button>
        {announced}
      </>
    );
  }
  return (
    <>
      <Tooltip label={said}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={22}
          aria-label={label}
          onClick={(event) => {
            event.stopPropagation();
            clipboard.copy(value);
          }}
        >
          {sign}
        </ActionIcon>
      </Tooltip>
      {announced}
    </>
  );
}
