/** Filters of a list. Their values are in the address, so that a filter can be sent to somebody. */

import { Button, Select, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useEffect, useState } from "react";
import { type Raw, useUrl } from "../url.ts";
import styles from "./FilterBar.module.css";
import { Icon } from "./Icon.tsx";

export type Filter =
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly label: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
      readonly width?: number;
      readonly testId?: string;
    }
  | {
      readonly kind: "text";
      readonly name: string;
      readonly label: string;
      readonly width?: number;
      /** What makes no filter: said below the field; the address is left as it is. */
      readonly check?: (value: string) => string | null;
      readonly testId?: string;
    }
  /** A day; `dates.ts` makes instants of two of them. */
  | { readonly kind: "day"; readonly name: string; readonly label: string; readonly testId?: string };

interface Props {
  readonly filters: readonly Filter[];
  /** After the filters, on their line. */
  readonly children?: ReactNode;
}

const readRaw = (raw: Raw) => raw;

export function FilterBar({ filters, children }: Props) {
  const [raw, change] = useUrl(readRaw);
  const isNarrow = useMediaQuery("(max-width: 640px)", window.matchMedia("(max-width: 640px)").matches);
  const [isOpen, setOpen] = useState(false);
  const set = filters.filter(({ name }) => raw[name] !== undefined);
  const clear = () => change(Object.fromEntries(filters.map(({ name }) => [name, null])));
  const fields = filters.map((filter) => (
    <Field
      key={filter.name}
      filter={filter}
      value={raw[filter.name] ?? ""}
      set={(value) => change({ [filter.name]: value })}
    />
  ));
  return (
    <search className={styles.bar} aria-label="Filters">
      {isNarrow && (
        <Button
          variant="default"
          leftSection={<Icon name="filter" size={16} />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {set.length === 0 ? "Filters" : `Filters (${set.length})`}
        </Button>
      )}
      {(!isNarrow || isOpen) && (
        <>
          {fields}
          {children}
        </>
      )}
      {set.length > 0 && (
        <Button variant="subtle" color="gray" onClick={clear}>
          Clear
        </Button>
      )}
    </search>
  );
}

interface FieldProps {
  readonly filter: Filter;
  readonly value: string;
  readonly set: (value: string) => void;
}

function Field({ filter, value, set }: FieldProps) {
  if (filter.kind === "choice") {
    return (
      <Select
        aria-label={filter.label}
        placeholder={filter.label}
        data={filter.options}
        value={value === "" ? null : value}
        onChange={(chosen) => set(chosen ?? "")}
        clearable
        clearButtonProps={{ "aria-label": `Clear ${filter.label}` }}
        comboboxProps={{ shadow: "md" }}
        w={filter.width ?? 148}
        data-test-id={filter.testId}
      />
    );
  }
  if (filter.kind === "day") {
    return (
      <TextInput
        type="date"
        aria-label={filter.label}
        leftSection={<span className={styles.day}>{filter.label}</span>}
        leftSectionWidth={52}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
        w={186}
        data-test-id={filter.testId}
      />
    );
  }
  return <TextField filter={filter} value={value} set={set} />;
}

/** Set by Enter, or when the field is left: half an id finds nothing. */
function TextField({ filter, value, set }: FieldProps & { filter: Extract<Filter, { kind: "text" }> }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const trimmed = text.trim();
  const problem = trimmed === "" ? null : (filter.check?.(trimmed) ?? null);
  const commit = () => {
    if (problem === null && trimmed !== value) {
      set(trimmed);
    }
  };
  return (
    <TextInput
      aria-label={filter.label}
      placeholder={filter.label}
      leftSection={<Icon name="search" size={14} />}
      value={text}
      error={problem}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
      w={filter.width ?? 220}
      data-test-id={filter.testId}
    />
  );
}
