/** Paying with a card. Its number and code live in this form's fields only, and go when the form goes. */

import { type ReactNode, type SubmitEvent, useState } from "react";
import type { Card, Instrument } from "../api.ts";
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
import type { Refusal } from "../machine.ts";
import { type CardField, useCardField } from "./cardField.ts";
import { describing, Field } from "./Field.tsx";
import { useLanguage } from "./language.ts";
import { NETWORK_NAMES, NetworkMark } from "./marks.tsx";
import { PayButton } from "./PayButton.tsx";

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
  const { amount, merchant, isShown, isTest, prefilled, current, refusal, onPay } = given;
  const { say } = useLanguage();
  const fields = useCard(current, isShown ? refusal : null);
  const [holder, setHolder] = useState<string | null>(null);
  const name = holder ?? prefilled;

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const card = cardOf(fields, name.trim());
    if (card !== null) {
      onPay({ method: "card", card });
    }
  };
  return (
    <form className="form" data-test-id="card-form" noValidate hidden={!isShown} onSubmit={submit}>
      <CardFields fields={fields} hint={say(isTest ? "number_test" : "number_hint", { merchant })} />
      <Field id="holder" label={say("holder")} aside={say("optional")} hint="" error={null}>
        <input
          {...describing("holder", null)}
          data-test-id="cardholder-name-input"
          autoComplete="cc-name"
          autoCapitalize="words"
          spellCheck={false}
          maxLength={100}
          enterKeyHint="go"
          value={name}
          onInput={(event) => setHolder(event.currentTarget.value)}
        />
      </Field>
      {isShown && <PayButton amount={amount} />}
    </form>
  );
}

interface Fields {
  readonly number: CardField;
  readonly expiry: CardField;
  readonly cvv: CardField;
  readonly network: Network;
}

function useCard(current: Month | null, refusal: Refusal | null): Fields {
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
  return { number, expiry, cvv, network };
}

/** The card, or null: then the buyer is led to the first field that is wrong. */
function cardOf({ number, expiry, cvv }: Fields, holder: string): Card | null {
  const fields = [number, expiry, cvv];
  for (const field of fields) {
    field.judge();
  }
  const wrong = fields.find((field) => field.fault !== null);
  const month = monthOf(expiry.text);
  if (wrong !== undefined || month === null) {
    wrong?.input.current?.focus();
    return null;
  }
  return {
    number: digitsOf(number.text),
    expiry_month: month.month,
    expiry_year: month.year,
    cvv: cvv.text,
    ...(holder === "" ? {} : { holder_name: holder }),
  };
}

function CardFields({ fields, hint }: { readonly fields: Fields; readonly hint: string }): ReactNode {
  const { say } = useLanguage();
  const { number, expiry, cvv, network } = fields;
  return (
    <>
      <CardInput
        id="number"
        testId="card-number-input"
        label={say("number")}
        hint={hint}
        field={number}
        edit={(before, after) => edited(before, after, groupNumber)}
        autoComplete="cc-number"
        placeholder="1234 5678 9012 3456"
        end={<Networks network={network} isEmpty={number.text === ""} />}
      />
      <div className="pair">
        <CardInput
          id="expiry"
          testId="expiry-input"
          label={say("expiry")}
          hint=""
          field={expiry}
          edit={editedExpiry}
          autoComplete="cc-exp"
          placeholder={say("expiry_placeholder")}
        />
        <CardInput
          id="cvv"
          testId="cvv-input"
          label={say("cvv")}
          hint={say(network === "amex" ? "cvv_front" : "cvv_back")}
          field={cvv}
          edit={(before, after) => edited(before, after, (digits) => digits.slice(0, cvvLength(network)))}
          autoComplete="cc-csc"
          placeholder={"•".repeat(cvvLength(network))}
        />
      </div>
    </>
  );
}

interface InputGiven {
  readonly id: string;
  readonly testId: string;
  readonly label: string;
  readonly hint: string;
  readonly field: CardField;
  readonly edit: (before: string, after: Edit) => Edit;
  readonly autoComplete: string;
  readonly placeholder: string;
  readonly end?: ReactNode;
}

/** Digits from left to right, in any language. */
function CardInput(given: InputGiven): ReactNode {
  const { id, testId, label, hint, field, edit, autoComplete, placeholder, end } = given;
  return (
    <Field id={id} label={label} hint={hint} error={field.error} isGood={field.fault === null} end={end}>
      <input
        {...describing(id, field.error)}
        {...field.listen(edit)}
        ref={field.input}
        data-test-id={testId}
        dir="ltr"
        inputMode="numeric"
        autoComplete={autoComplete}
        autoCorrect="off"
        spellCheck={false}
        placeholder={placeholder}
        enterKeyHint="next"
      />
    </Field>
  );
}

/** Before a number is typed: the networks that are taken. Then the one it belongs to. */
function Networks({ network, isEmpty }: { readonly network: Network; readonly isEmpty: boolean }): ReactNode {
  const known = Object.keys(NETWORK_NAMES) as (keyof typeof NETWORK_NAMES)[];
  const shown = isEmpty ? known : [network];
  const names = shown.map((one) => (one === "unknown" ? "" : NETWORK_NAMES[one]));
  return (
    <span className="marks">
      {shown.map((one) => (
        <NetworkMark key={one} network={one} />
      ))}
      <span className="unseen">{names.join(", ")}</span>
    </span>
  );
}
