/** Which time a list is about: a period that moves with the clock, or days. */

import { Button, Chip, Group, Popover, Stack, TextInput } from "@mantine/core";
import { Icon } from "../components/Icon.tsx";
import { time } from "../format.ts";
import { useLocale } from "../locale.tsx";
import { type Raw, useUrl } from "../url.ts";
import { PERIOD_NAMES, PERIODS, type Span } from "./period.ts";
import { day, readSearch, word } from "./search.ts";

const readSpan = (raw: Raw) => readSearch<Span>({ period: word(PERIOD_NAMES), from: day, to: day }, raw);

export function TimeFilter() {
  const locale = useLocale();
  const [span, change] = useUrl(readSpan);
  const { period, from, to } = span;
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus width={320}>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="trail" size={16} />}
          rightSection={<Icon name="down" size={14} />}
          data-test-id="time-filter"
        >
          {spanName(span, locale)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Time">
        <Stack gap="sm">
          <Chip.Group
            value={period ?? ""}
            onChange={(chosen) => change({ period: chosen, from: null, to: null })}
          >
            <Group gap={6} role="group" aria-label="Period">
              <Chip size="xs" value="">
                Any time
              </Chip>
              {PERIOD_NAMES.map((name) => (
                <Chip key={name} size="xs" value={name}>
                  {PERIODS[name]}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <Group gap="sm" grow>
            <TextInput
              type="date"
              label="From"
              value={from ?? ""}
              {...(to !== undefined && { max: to })}
              onChange={(event) => change({ from: event.currentTarget.value, period: null })}
              data-test-id="from-filter"
            />
            <TextInput
              type="date"
              label="To"
              value={to ?? ""}
              {...(from !== undefined && { min: from })}
              onChange={(event) => change({ to: event.currentTarget.value, period: null })}
              data-test-id="to-filter"
            />
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function spanName({ period, from, to }: Span, locale: string): string {
  if (period !== undefined) {
    return PERIODS[period];
  }
  const named = (one: string) => time(`${one}T00:00:00`, locale, "date");
  if (from !== undefined && to !== undefined) {
    return from === to ? named(from) : `${named(from)} – ${named(to)}`;
  }
  return from !== undefined ? `From ${named(from)}` : to !== undefined ? `To ${named(to)}` : "Any time";
}
