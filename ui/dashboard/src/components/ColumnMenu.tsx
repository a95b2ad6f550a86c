/** The choice of a table's columns. */

import { ActionIcon, Checkbox, Popover, Stack, Tooltip } from "@mantine/core";
import { type Column, toggled } from "./columns.ts";
import { Icon } from "./Icon.tsx";

interface Props<Row> {
  readonly columns: readonly Column<Row>[];
  readonly shown: ReadonlySet<string>;
  /** Null is what one begins with. */
  readonly choose: (list: string | null) => void;
}

export function ColumnMenu<Row>({ columns, shown, choose }: Props<Row>) {
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label="Columns">
          <ActionIcon variant="default" size={36} aria-label="Choose columns">
            <Icon name="columns" size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap={8}>
          {columns
            .filter(({ fixed }) => !fixed)
            .map(({ id, title }) => (
              <Checkbox
                key={id}
                size="xs"
                label={title}
                checked={shown.has(id)}
                onChange={() => choose(toggled(columns, shown, id))}
              />
            ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
