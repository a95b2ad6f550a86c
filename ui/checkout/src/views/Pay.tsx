/** Choosing how to pay, and paying. */

import type { ReactNode } from "react";
import type { Instrument } from "../api.ts";
import type { Bootstrap, Prefill } from "../bootstrap.ts";
import type { Month } from "../card.ts";
import type { Key } from "../i18n.ts";
import { type Method, methodsOf, type Refusal } from "../machine.ts";
import { CardForm } from "./CardForm.tsx";
import { useLanguage } from "./language.ts";
import { Icon } from "./marks.tsx";
import { refusedAs } from "./Outcome.tsx";
import { QrPanel } from "./QrPanel.tsx";
import { UpiForm } from "./UpiForm.tsx";

interface Given {
  readonly bootstrap: Bootstrap;
  readonly amount: string;
  readonly merchant: string;
  readonly method: Method;
  readonly prefill: Prefill;
  readonly refusal: Refusal | null;
  /** While an attempt is on its way the form stays as it is, unseen: a refused field is to be corrected, not typed again. */
  readonly isHidden: boolean;
  readonly onChoose: (method: Method) => void;
  readonly onPay: (instrument: Instrument) => void;
}

/** The methods, and the form of the chosen one. Each form keeps what is typed while another one is looked at. */
export function Pay(given: Given): ReactNode {
  const { bootstrap, amount, merchant, method, prefill, refusal, isHidden, onChoose, onPay } = given;
  const { say } = useLanguage();
  const methods = methodsOf(bootstrap);
  const shared = { amount, isTest: bootstrap.test_mode, refusal, onPay };
  return (
    <section className="pay" hidden={isHidden}>
      <fieldset className="methods" data-test-id="payment-methods" data-only={methods.length === 1}>
        <legend className="unseen">{say("methods")}</legend>
        {methods.map((one) => (
          <Choice key={one} method={one} isChosen={one === method} onChoose={onChoose} />
        ))}
      </fieldset>
      {refusal !== null && refusal.field === null && (
        <p className="banner" data-test-id="form-error">
          <Icon name="alert" />
          <span>{say(refusedAs(refusal.problem))}</span>
        </p>
      )}
      {methods.includes("upi") && (
        <UpiForm {...shared} isShown={method === "upi"} prefilled={prefill.vpa ?? ""} />
      )}
      {method === "qr" && bootstrap.upi !== null && (
        <QrPanel amount={amount} link={bootstrap.upi.link} qr={bootstrap.upi.qr} />
      )}
      <CardForm
        {...shared}
        merchant={merchant}
        isShown={method === "card"}
        prefilled={prefill.holder_name ?? ""}
        current={currentMonth(bootstrap)}
      />
    </section>
  );
}

function Choice({
  method,
  isChosen,
  onChoose,
}: {
  readonly method: Method;
  readonly isChosen: boolean;
  readonly onChoose: (method: Method) => void;
}): ReactNode {
  const { say } = useLanguage();
  const label: Key = method;
  return (
    <label className="method">
      <input
        type="radio"
        name="method"
        value={method}
        checked={isChosen}
        data-test-id={`method-${method}`}
        onChange={() => onChoose(method)}
      />
      <span>
        <Icon name={method} />
        {say(label)}
      </span>
    </label>
  );
}

/** In test mode the gateway says what is past: cards of long ago are among those that its clients pay with. */
function currentMonth({ test_mode, now }: Bootstrap): Month | null {
  const today = new Date(now);
  return test_mode ? null : { year: today.getUTCFullYear(), month: today.getUTCMonth() + 1 };
}
