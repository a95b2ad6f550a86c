/** Paying with a UPI address. */

import { type ReactNode, type SubmitEvent, useRef, useState } from "react";
import type { Instrument } from "../api.ts";
import { isVpa } from "../card.ts";
import type { Refusal } from "../machine.ts";
import { describing, Field } from "./Field.tsx";
import { useLanguage } from "./language.ts";
import { PayButton } from "./PayButton.tsx";
import { useRefusal } from "./refusal.ts";

interface Given {
  readonly amount: string;
  readonly isShown: boolean;
  readonly isTest: boolean;
  readonly prefilled: string;
  readonly refusal: Refusal | null;
  readonly onPay: (instrument: Instrument) => void;
}

/** The form: complete when the address has the form name@bank. */
export function UpiForm({ amount, isShown, isTest, prefilled, refusal, onPay }: Given): ReactNode {
  const { say } = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [isJudged, setJudged] = useState(false);
  const refused = useRefusal(isShown ? refusal : null, "vpa", input);
  const vpa = (typed ?? prefilled).trim();
  const fault = vpa === "" ? "vpa_missing" : isVpa(vpa) ? null : "vpa_wrong";
  const isWrong = (isJudged && fault !== null) || refused.isRefused;
  const error = isWrong ? say(fault ?? "vpa_wrong") : null;

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setJudged(true);
    if (fault === null) {
      onPay({ method: "upi", vpa });
    } else {
      input.current?.focus();
    }
  };
  return (
    <form className="form" data-test-id="upi-form" noValidate hidden={!isShown} onSubmit={submit}>
      <Field
        id="vpa"
        label={say("vpa")}
        hint={say(isTest ? "vpa_test" : "vpa_hint")}
        error={error}
        isGood={fault === null}
      >
        <input
          {...describing("vpa", error)}
          ref={input}
          data-test-id="vpa-input"
          type="text"
          dir="ltr"
          inputMode="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="go"
          placeholder="name@bank"
          maxLength={255}
          value={typed ?? prefilled}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            refused.forget();
          }}
          onBlur={() => setJudged(vpa !== "")}
        />
      </Field>
      {isShown && <PayButton amount={amount} />}
    </form>
  );
}
