/** From how much to how much. The address has minor units; people write amounts as they are used to. */

import { Button, Group, Popover, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { readAmount, type Typed, writeAmount } from "../amount.ts";
import { Icon } from "../components/Icon.tsx";
import { money } from "../format.ts";
import { useLocale } from "../locale.tsx";
import { type Raw, useUrl } from "../url.ts";
import { minorUnits, readSearch, textLike } from "./search.ts";

interface Amounts {
  readonly amount_min?: number;
  readonly amount_max?: number;
  readonly currency?: string;
}

const read = (raw: Raw) =>
  readSearch<Amounts>(
    { amount_min: minorUnits, amount_max: minorUnits, currency: textLike(/^[A-Z]{3}$/) },
    raw,
  );

const CURRENCIES = ["INR", "USD", "EUR", "GBP", "JPY", "AED", "SGD", "KWD"];

export function AmountFilter() {
  const locale = useLocale();
  const [amounts] = useUrl(read);
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      width={320}
    >
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="balance" size={16} />}
          rightSection={<Icon name="down" size={14} />}
          onClick={() => setOpen(!isOpen)}
          data-test-id="amount-filter"
        >
          {amountsName(amounts, locale)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Amount">
        <Form amounts={amounts} locale={locale} close={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface FormGiven {
  readonly amounts: Amounts;
  readonly locale: string;
  readonly close: () => void;
}

function Form({ amounts: { amount_min, amount_max, currency: chosen }, locale, close }: FormGiven) {
  const [, change] = useUrl(read);
  const [currency, setCurrency] = useState(chosen ?? "INR");
  const written = (minor: number | undefined) =>
    minor === undefined ? "" : writeAmount(minor, currency, locale);
  const [least, setLeast] = useState(written(amount_min));
  const [most, setMost] = useState(written(amount_max));
  const typed = { least: readAmount(least, currency, locale), most: readAmount(most, currency, locale) };
  const problem = problemOf(typed.least, typed.most);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null) {
      // The same number means another amount in each currency: one without the other says nothing.
      change({ amount_min: minorOf(typed.least), amount_max: minorOf(typed.most), currency });
      close();
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Select
          label="Currency"
          data={CURRENCIES.includes(currency) ? CURRENCIES : [currency, ...CURRENCIES]}
          value={currency}
          allowDeselect={false}
          onChange={(code) => setCurrency(code ?? currency)}
          comboboxProps={{ withinPortal: false }}
        />
        <Group gap="sm" grow>
          <TextInput
            label="At least"
            inputMode="decimal"
            value={least}
            onChange={(event) => setLeast(event.currentTarget.value)}
            data-test-id="amount-min-filter"
          />
          <TextInput
            label="At most"
            inputMode="decimal"
            value={most}
            onChange={(event) => setMost(event.currentTarget.value)}
            data-test-id="amount-max-filter"
          />
        </Group>
        {problem !== null && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {problem}
          </Text>
        )}
        <Group justify="space-between">
          <Button
            variant="subtle"
            color="gray"
            onClick={() => {
              change({ amount_min: null, amount_max: null, currency: null });
              close();
            }}
          >
            Any amount
          </Button>
          <Button type="submit" disabled={problem !== null} data-test-id="apply-amount-filter">
            Apply
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function problemOf(least: Typed, most: Typed): string | null {
  if (least.kind === "wrong") {
    return least.why;
  }
  if (most.kind === "wrong") {
    return most.why;
  }
  return least.kind === "amount" && most.kind === "amount" && least.minor > most.minor
    ? "The lower amount is above the higher one."
    : null;
}

function minorOf(typed: Typed): number | null {
  return typed.kind === "amount" ? typed.minor : null;
}

function amountsName({ amount_min, amount_max, currency }: Amounts, locale: string): string {
  const named = (minor: number) => money(minor, currency ?? "INR", locale);
  if (amount_min !== undefined && amount_max !== undefined) {
    return `${named(amount_min)} – ${named(amount_max)}`;
  }
  if (amount_min !== undefined) {
    return `At least ${named(amount_min)}`;
  }
  return amount_max !== undefined ? `At most ${named(amount_max)}` : (currency ?? "Any amount");
}
