/** What needs somebody's attention: rules over what the api lists, each with the list that shows the whole of it. */

import { isNear } from "../../objects/deadline.ts";

/** What was looked at. `total` may be capped: then there are more. */
export interface Seen {
  /** Authorised payments, those first that end first; a page of them. */
  readonly uncaptured: readonly {
    readonly status: string;
    readonly captured: boolean;
    readonly capture_before: string | null;
  }[];
  readonly hasMoreUncaptured: boolean;
  readonly failedWebhooks: Count;
  readonly failedRefunds: Count;
  readonly disputes: Count;
  readonly endpoints: readonly {
    readonly id: string;
    readonly url: string | null;
    readonly enabled: boolean;
    readonly disabled_reason: string | null;
    readonly failing_since: string | null;
  }[];
}

export interface Count {
  readonly total: number;
  readonly total_capped?: boolean;
}

/** One thing to do: what, why, and where. */
export interface Item {
  readonly key: string;
  readonly urgent: boolean;
  readonly title: string;
  readonly hint: string;
  readonly to: string;
  readonly search: Readonly<Record<string, string>>;
}

/** What there is to do, the most urgent first. `from` is the day since which things were counted. */
export function attentionOf(seen: Seen, from: string, now: Date): Item[] {
  const items = [
    ...endpointItems(seen.endpoints),
    deadlineItem(seen, now),
    counted(seen.disputes, {
      key: "disputes",
      urgent: true,
      title: (count) => `${count} disputed ${count === "1" ? "payment" : "payments"}`,
      hint: "A cardholder asked the bank for the money back.",
      to: "/dashboard/events",
      search: { type: "payment.disputed", from },
    }),
    counted(seen.failedRefunds, {
      key: "refunds",
      urgent: true,
      title: (count) => `${count} failed ${count === "1" ? "refund" : "refunds"}`,
      hint: "The buyer has not got the money: refund again, or pay another way.",
      to: "/dashboard/refunds",
      search: { status: "failed", from },
    }),
    counted(seen.failedWebhooks, {
      key: "webhooks",
      urgent: false,
      title: (count) => `${count} failed ${count === "1" ? "webhook" : "webhooks"}`,
      hint: "Your server did not take them: mend it, then send them again.",
      to: "/dashboard/webhooks",
      search: { status: "failed", from },
    }),
  ];
  const there = items.filter((item) => item !== null);
  return [...there.filter(({ urgent }) => urgent), ...there.filter(({ urgent }) => !urgent)];
}

function endpointItems(endpoints: Seen["endpoints"]): Item[] {
  return endpoints.flatMap(({ id, url, enabled, disabled_reason, failing_since }): Item[] => {
    const where = { to: `/dashboard/webhooks/endpoints/${id}`, search: {} };
    const name = url ?? "without an address";
    if (!enabled && disabled_reason !== null) {
      const hint = "It is told nothing any more: mend the server, then enable it.";
      return [{ key: id, urgent: true, title: `Endpoint ${name} is disabled`, hint, ...where }];
    }
    if (enabled && failing_since !== null) {
      const hint = "Its last attempts failed; deliveries are tried again until their schedule ends.";
      return [{ key: id, urgent: false, title: `Endpoint ${name} is failing`, hint, ...where }];
    }
    return [];
  });
}

function deadlineItem({ uncaptured, hasMoreUncaptured }: Seen, now: Date): Item | null {
  const near = uncaptured.filter((payment) => isNear(payment, now)).length;
  const isMore = near === uncaptured.length && hasMoreUncaptured;
  return counted(
    { total: near, total_capped: isMore },
    {
      key: "deadline",
      urgent: true,
      title: (count) => `${count} ${count === "1" ? "payment" : "payments"} to capture within two days`,
      hint: "What is not captured in time goes back to the buyer.",
      to: "/dashboard/payments",
      search: { status: "success", captured: "false", sort: "created_at" },
    },
  );
}

interface Rule extends Omit<Item, "title"> {
  readonly title: (count: string) => string;
}

function counted({ total, total_capped = false }: Count, { title, ...rest }: Rule): Item | null {
  return total === 0 ? null : { ...rest, title: title(`${total}${total_capped ? "+" : ""}`) };
}
