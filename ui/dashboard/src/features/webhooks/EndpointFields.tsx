/** The settings of an endpoint, to be filled in: those that all need, and those that few do. */

import { Accordion, ActionIcon, Button, Checkbox, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { Icon } from "../../components/Icon.tsx";
import styles from "./EndpointFields.module.css";
import { EventChoice } from "./EventChoice.tsx";
import { type EndpointForm, HEADERS_MAX, type HeaderRow, MASK, type Problems } from "./endpointForm.ts";
import { attemptsAt, readGaps } from "./schedule.ts";

interface Props {
  readonly form: EndpointForm;
  readonly set: (change: Partial<EndpointForm>) => void;
  /** Shown once one has tried to send it. */
  readonly problems: Problems;
  readonly readOnly?: boolean;
}

export function EndpointFields({ form, set, problems, readOnly = false }: Props) {
  const isBeyond = Boolean(problems.headers ?? problems.rateLimit ?? problems.gaps);
  return (
    <Stack gap="md">
      <TextInput
        label="URL"
        type="url"
        required
        placeholder="https://shop.example/webhook"
        value={form.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
        error={problems.url}
        readOnly={readOnly}
        data-autofocus
        data-test-id="endpoint-url-input"
      />
      <TextInput
        label="Description"
        placeholder="Books"
        maxLength={255}
        value={form.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
        readOnly={readOnly}
      />
      <Radio.Group
        label="Events"
        value={form.everything ? "all" : "some"}
        onChange={(value) => set({ everything: value === "all" })}
        error={problems.patterns}
      >
        <Group gap="lg" mt={6} mb={4}>
          <Radio value="all" label="Everything, new types too" disabled={readOnly} />
          <Radio value="some" label="Only these" disabled={readOnly} />
        </Group>
      </Radio.Group>
      {!form.everything && (
        <EventChoice patterns={form.patterns} set={(patterns) => set({ patterns })} readOnly={readOnly} />
      )}
      <Accordion variant="contained" defaultValue={null} {...(isBeyond && { value: "more" })}>
        <Accordion.Item value="more">
          <Accordion.Control>Headers, pace, order and attempts</Accordion.Control>
          <Accordion.Panel>
            <Stack gap="md">
              <HeaderRows form={form} set={set} error={problems.headers} readOnly={readOnly} />
              <TextInput
                label="At most so many attempts a second"
                placeholder="No limit"
                description="What is more waits its turn, and loses no attempt."
                inputMode="numeric"
                value={form.rateLimit}
                onChange={(event) => set({ rateLimit: event.currentTarget.value })}
                error={problems.rateLimit}
                readOnly={readOnly}
                maw={300}
              />
              <Checkbox
                label="In order"
                description="An event of a payment or refund waits for the one before it, for an hour at most. Different payments never wait for each other."
                checked={form.ordered}
                onChange={(event) => set({ ordered: event.currentTarget.checked })}
                disabled={readOnly}
              />
              <Gaps form={form} set={set} error={problems.gaps} readOnly={readOnly} />
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

interface PartProps extends Pick<Props, "form" | "set" | "readOnly"> {
  readonly error: string | undefined;
}

function Gaps({ form, set, error, readOnly = false }: PartProps) {
  const gaps = readGaps(form.gaps);
  const isFine = gaps !== null && !("problem" in gaps);
  return (
    <Stack gap={8}>
      <TextInput
        label="Gaps between attempts"
        placeholder="The gateway's own schedule"
        description={
          form.once
            ? "One attempt alone."
            : isFine
              ? `Attempts ${attemptsAt(gaps)}.`
              : "As 30 s, 5 min, 2 h: after each failed attempt the next gap."
        }
        value={form.once ? "" : form.gaps}
        onChange={(event) => set({ gaps: event.currentTarget.value })}
        error={error}
        disabled={form.once}
        readOnly={readOnly}
        maw={420}
      />
      <Checkbox
        label="Never try again"
        checked={form.once}
        onChange={(event) => set({ once: event.currentTarget.checked })}
        disabled={readOnly}
      />
    </Stack>
  );
}

function HeaderRows({ form, set, error, readOnly = false }: PartProps) {
  const { headers } = form;
  const change = (key: string, part: Partial<HeaderRow>) =>
    set({ headers: headers.map((row) => (row.key === key ? { ...row, ...part } : row)) });
  return (
    <fieldset className={styles.headers}>
      <Text component="legend" size="sm" fw={500}>
        Headers of your own
      </Text>
      <Text size="xs" c="dimmed" mb={8}>
        Sent with every event. What they say is kept sealed and can't be read again.
      </Text>
      <Stack gap={8}>
        {headers.map((row, index) => (
          <Group key={row.key} gap={8} wrap="nowrap">
            <TextInput
              aria-label={`Name of header ${index + 1}`}
              placeholder="Authorization"
              value={row.name}
              onChange={(event) => change(row.key, { name: event.currentTarget.value })}
              readOnly={readOnly}
              flex={1}
            />
            <TextInput
              aria-label={`Value of header ${index + 1}`}
              placeholder="Bearer …"
              value={row.value}
              onFocus={() => row.value === MASK && !readOnly && change(row.key, { value: "" })}
              onChange={(event) => change(row.key, { value: event.currentTarget.value })}
              readOnly={readOnly}
              autoComplete="off"
              flex={1}
            />
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Take header ${index + 1} away`}
                onClick={() => set({ headers: headers.filter(({ key }) => key !== row.key) })}
              >
                <Icon name="close" size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {error !== undefined && (
          <Text size="sm" c="red" role="alert">
            {error}
          </Text>
        )}
        {!readOnly && headers.length < HEADERS_MAX && (
          <div>
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<Icon name="plus" size={14} />}
              onClick={() =>
                set({ headers: [...headers, { key: crypto.randomUUID(), name: "", value: "" }] })
              }
            >
              Add a header
            </Button>
          </div>
        )}
      </Stack>
    </fieldset>
  );
}
