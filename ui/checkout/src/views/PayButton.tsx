/** The one button that pays. */

import type { ReactNode } from "react";
import { useLanguage } from "./language.ts";
import { Icon } from "./marks.tsx";

/** Submits the form that it stands in. */
export function PayButton({ amount }: { readonly amount: string }): ReactNode {
  const { say } = useLanguage();
  return (
    <button className="primary" type="submit" data-test-id="pay-button">
      <Icon name="lock" />
      <span>{say("pay", { amount })}</span>
    </button>
  );
}
