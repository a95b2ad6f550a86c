/** Paying with a card. Its number and code live in this form's fields only, and go when the form goes. */

import { type FormEvent, type ReactNode, type RefObject, type SubmitEvent, useRef, useState } from "react";
import type { Instrument } from "../api.ts";
import {
  cvvFault,
  cvvLength,
  digitsOf,
  type Edit,
  edited,
  editedExpiry,
  expiryFault,
  groupNumber,
  isWholeExpiry,
  isWholeNumber,
  type Month,
  monthOf,
  type Network,
  networkOf,
  numberFault,
} from "../card.ts";
import type { FieldName } from "../gateway.ts";
import type { Key } from "../i18n.ts";
import type { Refusal } from "../machine.ts";
import { describing, Field } from "./Field.tsx";
import { useLanguage } from "./language.ts";
import { NETWORK_NAMES, NetworkMark } from "./marks.tsx";
import { PayButton } from "./PayButton.tsx";
import { useRefusal } from "./refusal.ts";

interface Given {
  readonly amount: string;
  readonly merchant: string;
  readonly isShown: boolean;
  readonly isTest: boolean;
  readonly prefilled: string;
  /** The month before which cards have expired; null leaves that to the gateway. */
  readonly current: Month | null;
  readonly refusal: Refusal | null;
  readonly onPay: (instrument: Instrument) => void;
}

/** The form. A field is judged when it is left or whole, and again with each key once it was found wrong. */
export function CardForm(given: Given): ReactNode {
  const { amount, merchant, isShown, isTest, prefilled, current, onPay } = given;
  const { say } = useLanguage();
  const refusal = isShown ? given.refusal : null;
  const number = useCardField({
    faultOf: (text) => numberFault(digitsOf(text)),
    isWhole: (text) => isWholeNumber(digitsOf(text)),
    name: "number",
    refused: "number_wrong",
    refusal,
  });
  const expiry = useCardField({
    faultOf: (text) => expiryFault(text, current),
    isWhole: isWholeExpiry,
    name: "expiry",
    refused: "expiry_past",
    refusal,
  });
  const network = networkOf(digitsOf(number.text));
  const cvv = useCardField({
    faultOf: (text) => cvvFault(text, network),
    isWhole: () => false,
    name: "cvv",
    refused: "cvv_short",
    refusal,
  });
  const [holder, setHolder] = useState<string | null>(null);
  const fields = [number, expiry, cvv];
  const [numberError, expiryError, cvvError] = [number.error, expiry.error, cvv.error];
  const hintOf = (key: Key): string => say(key, { merchant });

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    for (const field of fields) {
      field.judge();
    }
    const month = monthOf(expiry.text);
    const wrong = fields.find((field) => field.fault !== null);
    if (wrong !== undefined || month === null) {
      wrong?.input.current?.focus();
      return;
    }
    const name = (holder ?? prefilled).trim();
    onPay({
      method: "card",
      card: {
        number: digitsOf(number.text),
        expiry_month: month.month,
        expiry_year: month.year,
        cvv: cvv.text,
        ...(name === "" ? {} : { holder_name: name }),
      },
    });
  };
  return (
    <form className="form" data-test-id="card-form" noValidate hidden={!isShown} onSubmit={submit}>
      <Field
        id="number"
        label={say("number")}
        hint={hintOf(isTest ? "number_test" : "number_hint")}
        error={numberError}
        isGood={number.fault === null}
        end={<Networks network={network} isEmpty={number.text === ""} />}
      >
        <input
          {...describing("number", numberError)}
          {...number.listen((before, after) => edited(before, after, groupNumber))}
          ref={number.input}
          data-test-id="card-number-input"
          dir="ltr"
          inputMode="numeric"
          autoComplete="cc-number"
          autoCorrect="off"
          spellCheck={false}
          placeholder="1234 5678 9012 3456"
          enterKeyHint="next"
        />
      </Field>
      <div className="pair">
        <Field id="expiry" label={say("expiry")} hint="" error={expiryError} isGood={expiry.fault === null}>
          <input
            {...describing("expiry", expiryError)}
            {...expiry.listen(editedExpiry)}
            ref={expiry.input}
            data-test-id="expiry-input"
            dir="ltr"
            inputMode="numeric"
            autoComplete="cc-exp"
            placeholder={say("expiry_placeholder")}
            enterKeyHint="next"
          />
        </Field>
        <Field
          id="cvv"
          label={say("cvv")}
          hint={say(network === "amex" ? "cvv_front" : "cvv_back")}
          error={cvvError}
          isGood={cvv.fault === null}
        >
          <input
            {...describing("cvv", cvvError)}
            {...cvv.listen((before, after) =>
              edited(before, after, (digits) => digits.slice(0, cvvLength(network))),
            )}
            ref={cvv.input}
            data-test-id="cvv-input"
            dir="ltr"
            inputMode="numeric"
            autoComplete="cc-csc"
            placeholder={"•".repeat(cvvLength(network))}
            enterKeyHint="next"
          />
        </Field>
      </div>
      <Field id="holder" label={say("holder")} aside={say("optional")} hint="" error={null}>
        <input
          {...describing("holder", null)}
          data-test-id="cardholder-name-input"
          autoComplete="cc-name"
          autoCapitalize="words"
          spellCheck={false}
          maxLength={100}
          enterKeyHint="go"
          value={holder ?? prefilled}
          onInput={(event) => setHolder(event.currentTarget.value)}
        />
      </Field>
      {isShown && <PayButton amount={amount} />}
    </form>
  );
}

/** Before a number is typed: the networks that are taken. Then the one it belongs to. */
function Networks({ network, isEmpty }: { readonly network: Network; readonly isEmpty: boolean }): ReactNode {
  const known = Object.keys(NETWORK_NAMES) as (keyof typeof NETWORK_NAMES)[];
  return (
    <span className="marks">
      {isEmpty ? (
        known.map((name) => <NetworkMark key={name} network={name} />)
      ) : (
        <NetworkMark network={network} />
      )}
      <span className="unseen">
        {isEmpty
          ? known.map((name) => NETWORK_NAMES[name]).join(", ")
          : network === "unknown"
            ? ""
            : NETWORK_NAMES[network]}
      </span>
    </span>
  );
}

interface Rules {
  readonly faultOf: (text: string) => Key | null;
  /** Whether all of it is there, so that a fault may be told while the buyer is still in the field. */
  readonly isWhole: (text: string) => boolean;
  readonly name: FieldName;
  /** What is said when only the gateway found it wrong. */
  readonly refused: Key;
  readonly refusal: Refusal | null;
}

interface CardField {
  readonly text: string;
  readonly input: RefObject<HTMLInputElement | null>;
  readonly fault: Key | null;
  /** The fault in words, once it is time to tell it. */
  readonly error: string | null;
  readonly judge: () => void;
  readonly listen: (edit: (before: string, after: Edit) => Edit) => {
    readonly onInput: (event: FormEvent<HTMLInputElement>) => void;
    readonly onBlur: () => void;
  };
}

/** A field that formats what is typed into it. The input is the browser's own: only so the caret stays where it is. */
function useCardField({ faultOf, isWhole, name, refused, refusal }: Rules): CardField {
  const { say } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [isJudged, setJudged] = useState(false);
  const { isRefused, forget } = useRefusal(refusal, name, input);
  const fault = faultOf(text);
  const told = isJudged || isWhole(text) ? fault : null;
  const key = told ?? (isRefused ? refused : null);
  const change = (event: FormEvent<HTMLInputElement>, edit: (before: string, after: Edit) => Edit): void => {
    const field = event.currentTarget;
    const { inputType } = event.nativeEvent as InputEvent;
    const caret = field.selectionStart ?? field.value.length;
    const next = edit(text, {
      text: field.value,
      caret,
      forward: inputType === "deleteContentForward",
    });
    field.value = next.text;
    // Safari moves the focus to a field whose selection is set: one that was filled in by the browser has none.
    if (document.activeElement === field) {
      field.setSelectionRange(next.caret, next.caret);
    }
    setText(next.text);
    forget();
    // Typed anew from the start: what was wrong before is forgotten.
    if (next.text === "") {
      setJudged(false);
    }
  };
  return {
    text,
    input,
    fault,
    error: key === null ? null : say(key),
    judge: () => setJudged(true),
    listen: (edit) => ({
      onInput: (event) => change(event, edit),
      onBlur: () => setJudged(text !== ""),
    }),
  };
}
