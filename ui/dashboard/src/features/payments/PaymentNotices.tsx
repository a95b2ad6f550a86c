/** What one has to know about a payment before anything else: why it failed, what it waits for, who wants it back. */

import type { Schema } from "../../api/client.ts";
import { Money } from "../../components/Money.tsx";
import { useNow, When } from "../../components/When.tsx";
import { isNear } from "../../objects/deadline.ts";
import { Notice } from "../../objects/Notice.tsx";
import { adviceOn } from "../../objects/words.ts";

export function PaymentNotices({ payment }: { readonly payment: Schema<"Payment"> }) {
  const now = useNow();
  const { status, next_action, dispute, error_code, error_description, decline_code, capture_before } =
    payment;
  const advice = adviceOn(error_code, decline_code);
  return (
    <>
      {status === "requires_action" && next_action && (
        <Notice tone="warn" title="The buyer has to authenticate" testId="challenge-notice">
          Their bank asks for 3-D Secure. In the checkout the bank's page opens by itself; without it, send
          them to{" "}
          <a href={next_action.url} target="_blank" rel="noreferrer">
            the bank's page
          </a>
          .
        </Notice>
      )}
      {status === "failed" && (
        <Notice tone="bad" title={error_description ?? "The payment failed"} testId="failure-notice">
          {advice} <code>{[error_code, decline_code].filter(Boolean).join(" · ")}</code>
        </Notice>
      )}
      {dispute && (
        <Notice tone="bad" title="The cardholder disputes this payment" testId="dispute-notice">
          They want <Money minor={dispute.amount} currency={dispute.currency} /> back from their bank, since{" "}
          <When at={dispute.created_at} />: {dispute.reason.replaceAll("_", " ")}. Refund it, or answer the
          bank with what proves the sale.
        </Notice>
      )}
      {isNear(payment, now) && (
        <Notice tone="warn" title="Capture it soon" testId="deadline-notice">
          The authorisation ends <When at={capture_before} relative />; what is not captured by then goes back
          to the buyer.
        </Notice>
      )}
    </>
  );
}
