/** The balance, and the ledger that it comes from. */

import { Skeleton, Stack } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
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
import { pageQuery } from "../../lists/query.ts";
import { TimeFilter } from "../../lists/TimeFilter.tsx";
import { ObjectLink } from "../../objects/ObjectLink.tsx";
import { accountName } from "../../objects/words.ts";
import { useUrl } from "../../url.ts";
import classes from "./balance.module.css";
import {
  ACCOUNTS,
  type ColumnName,
  canRun,
  closingOf,
  paymentProblem,
  readLedger,
  runningAfter,
} from "./list.ts";

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
        <Ledger balances={balances ?? []} />
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

function Ledger({ balances }: { readonly balances: readonly Balance[] }) {
  const [search] = useUrl(readLedger);
  const list = hooks.useQuery(
    "get",
    "/api/v1/ledger_entries",
    { params: { query: pageQuery(search, useNow()) } },
    { placeholderData: keepPreviousData },
  );
  const running = canRun(search) ? runningAfter(list.data?.data ?? [], closingOf(balances)) : null;
  return (
    <Panel
      flush
      title="Ledger"
      description="Debits are positive, credits negative: the entries of an event sum to zero."
    >
      <DataTable
        label="Ledger entries"
        columns={running === null ? PLAIN : columnsOf(cells(running))}
        rows={list.data?.data}
        getId={({ id }) => id}
        testId="ledger-table"
        rowTestId="ledger-row"
        error={list.error}
        retry={() => void list.refetch()}
        isOld={list.isPlaceholderData}
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
        footer={<Pager list={list.data} noun="entries" />}
      />
    </Panel>
  );
}

function cells(running: ReadonlyMap<string, number> | null): Cells<ColumnName, Entry> {
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
      hidden: running === null,
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

const PLAIN = columnsOf(cells(null));
