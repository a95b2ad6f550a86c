/** The figures of a period: totals, how they moved, plots, and the same as a table. */

import { Button, Group, Select, Skeleton, Table } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ErrorState } from "../../components/ErrorState.tsx";
import { useNow } from "../../components/When.tsx";
import { count, money, percent } from "../../format.ts";
import { useLocale } from "../../locale.tsx";
import {
  asked,
  type Bucket,
  changed,
  deliveredBp,
  type HomePeriod,
  slotName,
  split,
  successBp,
  sumOf,
} from "./figures.ts";
import classes from "./home.module.css";
import { Plot } from "./Plot.tsx";
import { useStats } from "./useStats.ts";

interface Given {
  readonly period: HomePeriod;
  readonly currency: string | undefined;
  readonly onCurrency: (code: string | null) => void;
}

export function Stats({ period, currency, onCurrency }: Given) {
  const query = { ...asked(period, useNow()), ...(currency === undefined ? {} : { currency }) };
  const stats = useStats(query);
  const [isTable, { toggle }] = useDisclosure(false);
  if (stats.error !== null) {
    return <ErrorState error={stats.error} retry={() => void stats.refetch()} />;
  }
  if (stats.data === undefined) {
    return (
      <div className={classes.plots} aria-hidden="true">
        {["volume", "payments", "rate", "refunds", "webhooks"].map((name) => (
          <Skeleton key={name} className={classes.plot ?? ""} height={212} radius="lg" />
        ))}
      </div>
    );
  }
  const { buckets, interval, currency: shown, currencies, missing = [] } = stats.data;
  const halves = split(buckets);
  return (
    <section data-test-id="stats-container" aria-label="Figures of the period">
      <Plots
        period={period}
        halves={halves}
        interval={interval}
        currency={shown}
        isOneOfSeveral={currencies.length > 1}
        isDeaf={missing.includes("notifier")}
      />
      <Group justify="space-between" mt="xs">
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={toggle}
          aria-expanded={isTable}
          data-test-id="figures-button"
        >
          {isTable ? "Hide the figures" : "Show the figures as a table"}
        </Button>
        {currencies.length > 1 && (
          <Select
            aria-label="Currency"
            size="xs"
            w={92}
            data={[...new Set([shown, ...currencies])].toSorted()}
            value={shown}
            allowDeselect={false}
            onChange={onCurrency}
          />
        )}
      </Group>
      {isTable && <Figures buckets={halves.now} interval={interval} currency={shown} />}
    </section>
  );
}

interface PlotsGiven {
  readonly period: HomePeriod;
  readonly halves: { readonly before: readonly Bucket[]; readonly now: readonly Bucket[] };
  readonly interval: "hour" | "day";
  readonly currency: string;
  /** Whether the notifier did not answer. */
  readonly isDeaf: boolean;
  /** Whether there are payments in other currencies, too, which are not in these figures. */
  readonly isOneOfSeveral: boolean;
}

function Plots({ period, halves: { before, now }, interval, currency, isDeaf, isOneOfSeveral }: PlotsGiven) {
  const locale = useLocale();
  const was = sumOf(before);
  const is = sumOf(now);
  const slots = now.map(({ at }) => slotName(at, interval, locale));
  const inMoney = (minor: number) => money(minor, currency, locale);
  const inCounts = (value: number) => count(value, locale);
  const inPercent = (bp: number | null) => (bp === null ? "–" : percent(bp / 10_000, locale));
  const against = (value: number, before: number) => {
    const change = changed(value, before, locale);
    return change === null ? null : `${change} vs. ${period} before`;
  };
  const inOne = isOneOfSeveral ? ` in ${currency}` : "";
  const isSilent = (is.webhooks_ok ?? 0) + (is.webhooks_failed ?? 0) === 0;
  return (
    <div className={classes.plots}>
      <Plot
        title="Volume"
        total={<span data-test-id="total-amount">{inMoney(is.amount_succeeded)}</span>}
        change={against(is.amount_succeeded, was.amount_succeeded)}
        slots={slots}
        series={[
          {
            name: "volume",
            form: "bars",
            tone: "main",
            values: now.map((bucket) => bucket.amount_succeeded),
          },
        ]}
        write={inMoney}
      />
      <Plot
        title={`Payments${inOne}`}
        total={<span data-test-id="total-transactions">{inCounts(is.payments)}</span>}
        change={against(is.payments, was.payments)}
        slots={slots}
        series={[
          { name: "in all", form: "bars", tone: "main", values: now.map(({ payments }) => payments) },
          { name: "failed", form: "bars", tone: "bad", values: now.map(({ failed }) => failed) },
        ]}
        write={inCounts}
      />
      <Plot
        title={`Success rate${inOne}`}
        total={<span data-test-id="success-rate">{inPercent(successBp(is))}</span>}
        change={`${inCounts(is.succeeded)} of ${inCounts(is.succeeded + is.failed)}`}
        slots={slots}
        series={[{ name: "success", form: "line", tone: "good", values: now.map(successBp) }]}
        top={10_000}
        write={inPercent}
      />
      <Plot
        title="Refunds"
        total={inMoney(is.amount_refunded)}
        change={`${inCounts(is.refunds)} ${is.refunds === 1 ? "refund" : "refunds"}`}
        slots={slots}
        series={[
          {
            name: "refunded",
            form: "bars",
            tone: "main",
            values: now.map((bucket) => bucket.amount_refunded),
          },
        ]}
        write={inMoney}
      />
      <Plot
        title="Webhooks delivered"
        total={isDeaf ? "–" : inPercent(deliveredBp(is))}
        change={isDeaf ? null : `${inCounts(is.webhooks_failed ?? 0)} failed attempts`}
        slots={slots}
        series={[{ name: "delivered", form: "line", tone: "good", values: now.map(deliveredBp) }]}
        top={10_000}
        write={inPercent}
        missing={
          isDeaf ? "The notifier does not answer." : isSilent ? "Nothing was sent in this period." : undefined
        }
      />
    </div>
  );
}

interface FiguresGiven {
  readonly buckets: readonly Bucket[];
  readonly interval: "hour" | "day";
  readonly currency: string;
}

/** The plots' figures, newest first. */
function Figures({ buckets, interval, currency }: FiguresGiven) {
  const locale = useLocale();
  return (
    <Table.ScrollContainer
      minWidth={640}
      maxHeight={420}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
    >
      <Table stickyHeader data-test-id="figures-table">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{interval === "hour" ? "Hour" : "Day (UTC)"}</Table.Th>
            <Table.Th ta="end">Volume</Table.Th>
            <Table.Th ta="end">Payments</Table.Th>
            <Table.Th ta="end">Succeeded</Table.Th>
            <Table.Th ta="end">Failed</Table.Th>
            <Table.Th ta="end">Refunded</Table.Th>
            <Table.Th ta="end">Webhooks delivered</Table.Th>
            <Table.Th ta="end">Webhooks failed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {buckets.toReversed().map((bucket) => (
            <Table.Tr key={bucket.at}>
              <Table.Th scope="row">{slotName(bucket.at, interval, locale)}</Table.Th>
              <Table.Td ta="end">{money(bucket.amount_succeeded, currency, locale)}</Table.Td>
              <Table.Td ta="end">{count(bucket.payments, locale)}</Table.Td>
              <Table.Td ta="end">{count(bucket.succeeded, locale)}</Table.Td>
              <Table.Td ta="end">{count(bucket.failed, locale)}</Table.Td>
              <Table.Td ta="end">{money(bucket.amount_refunded, currency, locale)}</Table.Td>
              <Table.Td ta="end">{known(bucket.webhooks_ok, locale)}</Table.Td>
              <Table.Td ta="end">{known(bucket.webhooks_failed, locale)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function known(value: number | null | undefined, locale: string): string {
  return value === null || value === undefined ? "–" : count(value, locale);
}
