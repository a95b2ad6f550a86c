/** The balance, and the ledger that it comes from. */

import { Skeleton, Stack } from "@mantine/core";
import { useMemo } from "react";
import { hooks, type Schema } from "../../api/client.ts";
import { DataTable } from "../../components/DataTable.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorState } from "../../components/ErrorState.tsx";
import { type Filter, FilterBar } from "../../components/FilterBar.tsx";
import { Money } from "../../components/Money.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Pager } from "../../components/Pager.tsx";
import { Panel } from "../../components/Panel.tsx";
import { useNow, When } from "../../components/When.tsx";
import { type Cells, columnsOf } from "../../lists/columns.ts";
import { NothingFound } from "../../lists/NothingFound.tsx";
import { TimeFilter } from "../../lists/TimeFilter.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { accountName } from "../../objects/words.ts";
import { useUrl } from "../../url.ts";
import classes from "./balance.module.css";
import { ACCOUNTS, type ColumnName, canRun, paymentProblem, readLedger } from "./list.ts";
import { useLedger } from "./useLedger.ts";

type Entry = Schema<"Entry">;
type Balance = Schema<"CurrencyBalance">;

const FILTERS: readonly Filter[] = [
  {
    kind: "text",
    name: "payment_id",
    label: "Id of a payment",
    width: 240,
    check: paymentProblem,
    testId: "payment-filter",
  },
  {
    kind: "choice",
    name: "account",
    label: "Account",
    options: ACCOUNTS.map((value) => ({ value, label: accountName(value) })),
    width: 180,
    testId: "account-filter",
  },
];

export default function BalancePage() {
  const balance = hooks.useQuery("get", "/api/v1/balance", {});
  const balances = balance.data?.data;
  return (
    <>
      <PageHeader
        title="Balance"
        description="What the gateway owes you, from a ledger in which every event sums to zero."
      />
      <Stack gap="md">
        {balance.error !== null ? (
          <ErrorState error={balance.error} retry={() => void balance.refetch()} />
        ) : balances === undefined ? (
          <Skeleton height={120} radius="lg" />
        ) : balances.length === 0 ? (
          <EmptyState
            icon="balance"
            title="Nothing was captured yet"
            hint="Capture a payment: its money is added to your balance."
          />
        ) : (
          balances.map((one) => <InCurrency key={one.currency} balance={one} />)
        )}
        <Ledger />
      </Stack>
    </>
  );
}

function InCurrency({
  balance: { currency, available, refunds_pending, receivable, fees },
}: {
  readonly balance: Balance;
}) {
  const figure = (name: string, minor: number, note: string, testId?: string) => (
    <div>
      <dt>{name}</dt>
      <dd>
        <Money minor={minor} currency={currency} {...(testId !== undefined && { testId })} />
      </dd>
      <dd className={classes.note}>{note}</dd>
    </div>
  );
  return (
    <dl
      className={classes.balance}
      data-test-id="balance"
      data-currency={currency}
      aria-label={`Balance in ${currency}`}
    >
      {figure("Yours", available, "captured, less fees and refunds", "balance-available")}
      {figure("Refunds under way", refunds_pending, "set aside until they are processed")}
      {figure("Fees", fees, "what the gateway kept")}
      {figure("Owed by the bank", receivable, "the sum of the other three")}
    </dl>
  );
}

function Ledger() {
  const [search] = useUrl(readLedger);
  const ledger = useLedger(search, useNow());
  const page = ledger.data?.page;
  const running = ledger.data?.running ?? null;
  const isRunning = canRun(search);
  const columns = useMemo(() => columnsOf(cells(running, isRunning)), [running, isRunning]);
  return (
    <Panel
      flush
      title="Ledger"
      description="Debits are positive, credits negative: the entries of an event sum to zero."
    >
      <DataTable
        label="Ledger entries"
        columns={columns}
        rows={page?.data}
        getId={({ id }) => id}
        testId="ledger-table"
        rowTestId="ledger-row"
        error={ledger.error}
        retry={() => void ledger.refetch()}
        isOld={ledger.isPlaceholderData}
        filters={
          <FilterBar filters={FILTERS}>
            <TimeFilter />
          </FilterBar>
        }
        empty={
          <NothingFound
            search={search}
            noun="entries"
            icon="balance"
            hint="Every capture and every refund writes at least two: what one account gets another one gives."
          />
        }
        footer={<Pager list={page} noun="entries" />}
      />
    </Panel>
  );
}

function cells(running: ReadonlyMap<string, number> | null, isRunning: boolean): Cells<ColumnName, Entry> {
  return {
    amount: {
      title: "Amount",
      align: "end",
      fixed: true,
      cell: ({ amount, currency }) => <Money minor={amount} currency={currency} />,
    },
    account: { title: "Account", cell: ({ account }) => accountName(account) },
    running: {
      title: "Account after it",
      align: "end",
      hidden: !isRunning,
      cell: ({ id, currency }) => {
        const sum = running?.get(id);
        return sum === undefined ? "–" : <Money minor={sum} currency={currency} />;
      },
    },
    event_type: { title: "Caused by", cell: ({ event_type }) => event_type ?? "–" },
    payment_id: { title: "Payment", cell: ({ payment_id }) => <ObjectLink id={payment_id} /> },
    refund_id: {
      title: "Refund",
      hidden: true,
      cell: ({ refund_id }) => (refund_id === null ? "–" : <ObjectLink id={refund_id} isAside />),
    },
    event_id: { title: "Event", hidden: true, cell: ({ event_id }) => <ObjectLink id={event_id} isAside /> },
    created_at: { title: "Posted", cell: ({ created_at }) => <When at={created_at} form="second" /> },
  };
}
