/** What to pay with in test mode, and what each does: from the code that acts on it. */

import { Anchor, Stack, Text } from "@mantine/core";
import { useSession } from "../../api/session.ts";
import { CopyButton } from "../../components/CopyButton.tsx";
import { type Column, DataTable } from "../../components/DataTable.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import known from "./testCards.gen.json";
import styles from "./testCards.module.css";

type Card = (typeof known.cards)[number];
type Address = (typeof known.addresses)[number];

const GROUPS = [
  { group: "success", title: "Succeed", description: "Authorised at once; capture takes the money." },
  {
    group: "decline",
    title: "Declined",
    description: "The payment fails with the decline code; the order stays open for another try.",
  },
  {
    group: "challenge",
    title: "3-D Secure",
    description: "The payment becomes requires_action until the buyer has answered on the bank's page.",
  },
  { group: "later", title: "Trouble later", description: "These succeed, and something happens afterwards." },
] as const;

const CARDS: readonly Column<Card>[] = [
  {
    id: "number",
    title: "Number",
    fixed: true,
    cell: ({ number, shown }) => <Copied shown={shown} value={number} />,
  },
  { id: "network", title: "Network", cell: ({ network }) => network },
  {
    id: "happens",
    title: "What happens",
    cell: ({ happens }) => <span className={styles.happens}>{happens}</span>,
  },
  {
    id: "code",
    title: "Decline code",
    cell: ({ decline_code: code }) => (code === null ? "–" : <code>{code}</code>),
  },
];

const ADDRESSES: readonly Column<Address>[] = [
  {
    id: "address",
    title: "Address",
    fixed: true,
    cell: ({ address }) => <Copied shown={address} value={address} />,
  },
  {
    id: "happens",
    title: "What happens",
    cell: ({ happens }) => <span className={styles.happens}>{happens}</span>,
  },
  {
    id: "code",
    title: "Decline code",
    cell: ({ decline_code: code }) => (code === null ? "–" : <code>{code}</code>),
  },
];

export default function TestCardsPage() {
  const { api_url, test_mode } = useSession();
  return (
    <>
      <PageHeader
        title="Test cards"
        description="Nothing here is real: no bank is asked and no money moves. In the checkout and over the API alike these numbers and addresses do what stands beside them, whatever the amount."
      />
      <Stack gap="lg">
        {!test_mode && (
          <Text>
            This gateway is not in test mode: an expiry in the past is refused, and answers take longer.
          </Text>
        )}
        <Text>
          Any month that is not past, any three digits as CVV (four for American Express), any name. A wrong
          check digit is refused with{" "}
          <Anchor href={`${api_url}/docs/errors`} target="_blank" rel="noopener" underline="always" inherit>
            INVALID_CARD
          </Anchor>
          ; any other number is approved mostly, and declined now and then.
        </Text>
        {GROUPS.map(({ group, title, description }) => (
          <Panel key={group} title={title} description={description} flush>
            <DataTable
              plain
              label={title}
              columns={CARDS}
              rows={known.cards.filter((card) => card.group === group)}
              getId={({ number }) => number}
              testId={`test-cards-${group}`}
            />
          </Panel>
        ))}
        <Panel
          title="UPI addresses"
          description="What stands before the @ decides; behind it any bank will do. Other addresses are approved mostly."
          flush
        >
          <DataTable
            plain
            label="UPI addresses"
            columns={ADDRESSES}
            rows={known.addresses}
            getId={({ address }) => address}
            testId="test-addresses"
          />
        </Panel>
      </Stack>
    </>
  );
}

function Copied({ shown, value }: { shown: string; value: string }) {
  return (
    <span className={styles.number}>
      <code>{shown}</code>
      <CopyButton value={value} label={`Copy ${shown}`} />
    </span>
  );
}
