/** Capture, void and refund: what the payment allows now, with how much, and why not. */

import { Text } from "@mantine/core";
import { hooks, idempotently, type Schema } from "../../api/client.ts";
import { useSession } from "../../api/session.ts";
import { ActionButton } from "../../components/ActionButton.tsx";
import { ConfirmModal } from "../../components/ConfirmModal.tsx";
import { Money } from "../../components/Money.tsx";
import { tellDone } from "../../components/tell.ts";
import { useNow } from "../../components/When.tsx";
import { useDialog } from "../../dialog.ts";
import { money } from "../../format.ts";
import { intentAbout } from "../../intent.ts";
import { useLocale } from "../../locale.tsx";
import { useRefresh } from "../../refresh.ts";
import { AmountModal } from "./AmountModal.tsx";
import { type Held, type Offer, type Offers, offersOf } from "./actions.ts";

interface Given {
  readonly payment: Schema<"Payment">;
  readonly refunds: readonly Held[];
}

/** The buttons, and the dialog of the one that was pressed. */
export function PaymentActions({ payment, refunds }: Given) {
  const { why } = useSession();
  const { asked, open, close } = useDialog<"capture" | "cancel" | "refund">();
  const offers = offersOf(payment, refunds, useNow());
  const dialog = { payment, offers, close };
  return (
    <>
      {!payment.captured && (
        <>
          <ActionButton
            why={why("payments:write") ?? refusalOf(offers.capture)}
            onClick={open("capture")}
            data-test-id="capture-button"
          >
            Capture
          </ActionButton>
          <ActionButton
            variant="default"
            why={why("payments:write") ?? refusalOf(offers.cancel)}
            onClick={open("cancel")}
            data-test-id="cancel-button"
          >
            Void
          </ActionButton>
        </>
      )}
      <ActionButton
        variant={payment.captured ? "filled" : "default"}
        why={why("refunds:write") ?? refusalOf(offers.refund)}
        onClick={open("refund")}
        data-test-id="refund-button"
      >
        {offers.refundKind === "refund" ? "Refund" : "Release a part"}
      </ActionButton>
      {asked === "capture" && <Capture {...dialog} />}
      {asked === "cancel" && <Cancel {...dialog} />}
      {asked === "refund" && <Refund {...dialog} />}
    </>
  );
}

function refusalOf(offer: Offer): string | undefined {
  return offer.open ? undefined : offer.why;
}

function mostOf(offer: Offer): number {
  return offer.open ? offer.mostMinor : 0;
}

interface Dialog {
  readonly payment: Schema<"Payment">;
  readonly offers: Offers;
  readonly close: () => void;
}

function Capture({ payment: { id, currency }, offers, close }: Dialog) {
  const locale = useLocale();
  const intent = intentAbout(`capture ${id}`);
  const refresh = useRefresh();
  const act = hooks.useMutation("post", "/api/v1/payments/{id}/capture", {
    onSuccess: ({ amount_captured }) => {
      tellDone(`${money(amount_captured, currency, locale)} captured.`);
      refresh();
      close();
    },
    onSettled: (_answer, error) => intent.settle(error ?? undefined),
  });
  return (
    <AmountModal
      title="Capture the payment"
      explanation="The money is taken from the buyer and added to your balance. A payment is captured once."
      verb="Capture"
      mostMinor={mostOf(offers.capture)}
      currency={currency}
      locale={locale}
      restNote={(restMinor) => `The other ${money(restMinor, currency, locale)} go back to the buyer.`}
      isBusy={act.isPending}
      error={act.error}
      onClose={close}
      onConfirm={(amount) => {
        const body = { amount };
        act.mutate({ params: { path: { id }, ...idempotently(intent.keyFor(body)) }, body });
      }}
    />
  );
}

function Cancel({ payment: { id, currency }, offers, close }: Dialog) {
  const intent = intentAbout(`cancel ${id}`);
  const refresh = useRefresh();
  const act = hooks.useMutation("post", "/api/v1/payments/{id}/cancel", {
    onSuccess: () => {
      tellDone("The payment was voided.");
      refresh();
      close();
    },
    onSettled: (_answer, error) => intent.settle(error ?? undefined),
  });
  return (
    <ConfirmModal
      opened
      close={close}
      title="Void the payment"
      confirm="Void"
      danger
      isBusy={act.isPending}
      error={act.error}
      testId="confirm-button"
      onConfirm={() => {
        act.mutate({ params: { path: { id }, ...idempotently(intent.keyFor(undefined)) } });
      }}
    >
      <Text size="sm">
        <Money minor={mostOf(offers.cancel)} currency={currency} /> go back to the buyer, and nothing can be
        captured any more.
      </Text>
    </ConfirmModal>
  );
}

function Refund({ payment: { id, currency }, offers, close }: Dialog) {
  const locale = useLocale();
  const intent = intentAbout(`refund ${id}`);
  const refresh = useRefresh();
  const isRefund = offers.refundKind === "refund";
  const act = hooks.useMutation("post", "/api/v1/payments/{id}/refunds", {
    onSuccess: ({ amount }) => {
      const told = money(amount, currency, locale);
      tellDone(isRefund ? `A refund of ${told} is on its way.` : `${told} are being released.`);
      refresh();
      close();
    },
    onSettled: (_answer, error) => intent.settle(error ?? undefined),
  });
  return (
    <AmountModal
      title={isRefund ? "Refund the payment" : "Release a part of the payment"}
      explanation={
        isRefund
          ? "The money goes from your balance back to the buyer. The fee is not given back."
          : "The payment is not captured yet: the amount that can be captured becomes smaller, and no money moves."
      }
      verb={isRefund ? "Refund" : "Release"}
      mostMinor={mostOf(offers.refund)}
      currency={currency}
      locale={locale}
      hasReason
      restNote={(restMinor) =>
        isRefund
          ? `${money(restMinor, currency, locale)} can still be refunded later.`
          : `${money(restMinor, currency, locale)} can still be captured.`
      }
      isBusy={act.isPending}
      error={act.error}
      onClose={close}
      onConfirm={(amount, reason) => {
        const body = { amount, ...(reason === null ? {} : { reason }) };
        act.mutate({ params: { path: { id }, ...idempotently(intent.keyFor(body)) }, body });
      }}
    />
  );
}
