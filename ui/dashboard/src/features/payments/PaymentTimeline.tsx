/** Everything that happened to a payment, in one order: requests, states, the bank, events, postings, webhooks. */

import { Chip, Group, Skeleton, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { IconName } from "../../components/Icon.tsx";
import { Money } from "../../components/Money.tsx";
import { Timeline } from "../../components/Timeline.tsx";
import { When } from "../../components/When.tsx";
import { useLocale } from "../../locale.tsx";
import { parse } from "../../url.ts";
import classes from "./payments.module.css";
import {
  type Entry,
  type Fact,
  factsOf,
  gapBefore,
  KIND_WORDS,
  KINDS,
  type Kind,
  shown,
  toneOf,
} from "./timeline.ts";

const ICONS: Readonly<Record<Kind, IconName>> = {
  request: "requests",
  state: "payments",
  acquirer: "balance",
  event: "events",
  ledger: "orders",
  webhook: "webhooks",
};

interface Given {
  readonly entries: readonly Entry[];
  /** Services that could not be asked: what they know is not in it. */
  readonly missing: readonly string[];
  readonly currency: string;
}

/** The timeline, oldest first, with a switch for each kind that is in it. */
export function PaymentTimeline({ entries, missing, currency }: Given) {
  const locale = useLocale();
  const [hidden, setHidden] = useState<readonly Kind[]>([]);
  const kinds = KINDS.filter((kind) => entries.some((entry) => entry.kind === kind));
  const seen = shown(entries, hidden);
  const flip = (kind: Kind) =>
    setHidden(hidden.includes(kind) ? hidden.filter((one) => one !== kind) : [...hidden, kind]);
  return (
    <Stack gap="md" data-test-id="payment-timeline">
      <Group gap={6} role="group" aria-label="What the timeline shows">
        {kinds.map((kind) => (
          <Chip key={kind} size="xs" checked={!hidden.includes(kind)} onChange={() => flip(kind)}>
            {KIND_WORDS[kind]} {entries.filter((entry) => entry.kind === kind).length}
          </Chip>
        ))}
      </Group>
      {missing.length > 0 && (
        <p role="status" className={classes.missing}>
          Not whole at the moment: {missing.join(" and ")} did not answer. The rest shows once it does.
        </p>
      )}
      <Timeline
        label="What happened, oldest first"
        moments={seen.map((entry, index) => ({
          // Entries have no ids; what happened stays where it is.
          key: `${index} ${entry.kind} ${entry.at}`,
          at: entry.at,
          title: entry.title,
          kind: [KIND_WORDS[entry.kind], gapBefore(seen, index, locale)].filter(Boolean).join(" · "),
          icon: ICONS[entry.kind],
          tone: toneOf(entry),
          detail: <Told facts={factsOf(entry, currency)} />,
          testId: `timeline-${entry.kind}`,
        }))}
      />
    </Stack>
  );
}

function Told({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes.told}>
      {facts.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>
            <Value fact={fact} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ fact }: { readonly fact: Fact }) {
  if (fact.kind === "money") {
    return <Money minor={fact.minor} currency={fact.currency} />;
  }
  if (fact.kind === "when") {
    return <When at={fact.value} form="second" />;
  }
  if (fact.to !== undefined) {
    const [path, search = ""] = fact.to.split("?");
    return (
      <Link to={path ?? ""} search={parse(search)} className={classes.link ?? ""}>
        {fact.value}
      </Link>
    );
  }
  return <span className={fact.kind === "id" ? classes.mono : undefined}>{fact.value}</span>;
}

/** Its place while it is read. */
export function TimelineSkeleton() {
  return (
    <Stack gap="md" aria-hidden="true">
      {[70, 55, 62, 40, 48].map((width) => (
        <Group key={width} gap="sm" wrap="nowrap">
          <Skeleton circle height={25} width={25} />
          <Skeleton height={14} width={`${width}%`} />
        </Group>
      ))}
    </Stack>
  );
}
