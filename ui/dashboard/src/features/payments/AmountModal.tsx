/** Asks for an amount, checks it against what is left, and has it confirmed in words before anything moves. */

import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { readAmount, writeAmount } from "../../amount.ts";
import { ErrorState } from "../../components/ErrorState.tsx";
import { unlessBusy } from "../../dialog.ts";
import { money } from "../../format.ts";
import { checkAmount } from "./actions.ts";

interface Given {
  readonly title: string;
  /** What it does, in a sentence or two. */
  readonly explanation: ReactNode;
  /** The button's word before the amount: Capture, Refund. */
  readonly verb: string;
  readonly mostMinor: number;
  readonly currency: string;
  readonly locale: string;
  /** Asks for a reason, too. */
  readonly hasReason?: boolean;
  /** What becomes of the rest if it is not all. */
  readonly restNote?: (restMinor: number) => string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: (minor: number, reason: string | null) => void;
  readonly onClose: () => void;
}

/** The dialog. It stays open with the api's words when the api refuses. */
export function AmountModal(given: Given) {
  const { title, explanation, verb, mostMinor, currency, locale, isBusy, error, onClose } = given;
  const [text, setText] = useState(() => writeAmount(mostMinor, currency, locale));
  const [reason, setReason] = useState("");
  const checked = checkAmount(readAmount(text, currency, locale), mostMinor, currency, locale);
  const restMinor = checked.ok ? mostMinor - checked.minor : 0;
  const leave = unlessBusy(isBusy, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (checked.ok && !isBusy) {
      given.onConfirm(checked.minor, reason.trim() === "" ? null : reason.trim());
    }
  };
  return (
    <Modal opened onClose={leave} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm">{explanation}</Text>
          <TextInput
            label={`Amount in ${currency}`}
            description={`At most ${money(mostMinor, currency, locale)}`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={checked.ok ? null : checked.why}
            inputMode="decimal"
            autoComplete="off"
            data-autofocus
            data-test-id="amount-input"
          />
          {given.hasReason && (
            <TextInput
              label="Reason"
              description="For your books; the buyer does not see it"
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maxLength={255}
              data-test-id="reason-input"
            />
          )}
          {restMinor > 0 && given.restNote !== undefined && (
            <Text size="sm" c="dimmed">
              {given.restNote(restMinor)}
            </Text>
          )}
          {error !== null && error !== undefined && <ErrorState error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave} disabled={isBusy}>
              Cancel
            </Button>
            <Button type="submit" disabled={!checked.ok} loading={isBusy} data-test-id="confirm-button">
              {checked.ok ? `${verb} ${money(checked.minor, currency, locale)}` : verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
