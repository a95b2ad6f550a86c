/** How to take payments with this gateway, in the reader's own keys and addresses. */

import { Anchor, Button, Stack, Text } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useSession } from "../../api/session.ts";
import { Facts } from "../../components/Facts.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Id } from "../../components/Id.tsx";
import { JsonView } from "../../components/JsonView.tsx";
import { PageHeader } from "../../components/PageHeader.tsx";
import { Panel } from "../../components/Panel.tsx";
import { Piece, Pieces } from "./Pieces.tsx";
import styles from "./page.module.css";
import { EVENT, type Reader } from "./snippets.ts";
import { useReader } from "./useReader.ts";

export default function DocsPage() {
  const { api_url } = useSession();
  const reader = useReader();
  useHash();
  return (
    <div data-test-id="api-docs">
      <PageHeader
        title="Docs"
        description="From an order to money, and a webhook. What stands here is run by our tests; copy it as it is."
        actions={
          <>
            <Reference href={`${api_url}/docs`}>API reference</Reference>
            <Reference href={`${api_url}/docs/errors`}>Errors</Reference>
            <Reference href={`${api_url}/docs/events`}>Kafka events</Reference>
          </>
        }
      />
      <div className={styles.both}>
        <Stack gap="lg" miw={0}>
          <Keys reader={reader} />
          <Order reader={reader} />
          <Sdk reader={reader} />
          <Webhooks reader={reader} />
        </Stack>
        <nav className={styles.contents} aria-label="On this page">
          <a href="#keys">Your keys</a>
          <a href="#order">Create an order</a>
          <a href="#sdk">The checkout on your page</a>
          <a href="#webhooks">Verify webhooks</a>
          <Link to="/dashboard/developers/test-cards">Test cards</Link>
        </nav>
      </div>
    </div>
  );
}

/** The page comes after its address: the browser has looked for the place already, in vain. */
function useHash() {
  const { hash } = useLocation();
  useEffect(() => {
    if (hash !== "") {
      document.getElementById(hash)?.scrollIntoView();
    }
  }, [hash]);
}

function Reference({ href, children }: { href: string; children: string }) {
  return (
    <Button
      component="a"
      variant="default"
      href={href}
      target="_blank"
      rel="noopener"
      rightSection={<Icon name="external" size={14} />}
    >
      {children}
    </Button>
  );
}

function Keys({ reader }: { reader: Reader }) {
  const { test_credentials, can } = useSession();
  const known = (value: string | null) => value !== null && <Id value={value} label="Copy" />;
  return (
    <section id="keys" className={styles.anchor}>
      <Panel
        title="Your keys"
        description={
          test_credentials === null
            ? "Secrets are shown once, when they are made: what follows says YOUR_API_SECRET in their place."
            : "Those of the test merchant, which everybody knows. They are in all that follows."
        }
        actions={
          can("api_keys:read") && (
            <Anchor component={Link} to="/dashboard/developers/keys" size="sm">
              All keys
            </Anchor>
          )
        }
      >
        <Facts
          facts={[
            { name: "API", value: <Id value={reader.apiUrl} label="Copy" /> },
            { name: "Checkout", value: <Id value={reader.checkoutUrl} label="Copy" /> },
            { name: "Key", value: known(reader.apiKey) },
            { name: "Secret", value: known(reader.apiSecret) },
            { name: "Publishable key", value: known(reader.publishableKey) },
            { name: "Webhook secret", value: known(reader.webhookSecret) },
          ].map((fact) => ({ ...fact, value: fact.value || null }))}
        />
      </Panel>
    </section>
  );
}

function Order({ reader }: { reader: Reader }) {
  return (
    <section id="order" className={styles.anchor} data-test-id="section-create-order">
      <Panel
        title="1. Create an order"
        description="On your server, for what is in the cart as your server knows it."
      >
        <Stack gap="md">
          <Text>
            Amounts are integers in minor units: 49900 is ₹499.00. With an Idempotency-Key the request can be
            sent again without making a second order.
          </Text>
          <Pieces
            reader={reader}
            names={{ curl: "create_order.sh", node: "create_order.mjs", python: "create_order.py" }}
            testId="code-snippet-create-order"
          />
          <Text>
            To see a payment without a page, pay the order yourself, with its id in place of{" "}
            <code>order_…</code>. It is pending first, and a success about a second later.
          </Text>
          <Piece reader={reader} name="pay_order.sh" />
          <Text>A success reserves the money. Capture takes it, all or a part, once:</Text>
          <Piece reader={reader} name="capture_payment.sh" />
        </Stack>
      </Panel>
    </section>
  );
}

function Sdk({ reader }: { reader: Reader }) {
  return (
    <section id="sdk" className={styles.anchor} data-test-id="section-sdk-integration">
      <Panel
        title="2. The checkout on your page"
        description="A script and a button. The card number goes from the gateway's own frame to the gateway, and nowhere else."
      >
        <Stack gap="md">
          <div className={styles.two} data-test-id="code-snippet-sdk">
            <Piece reader={reader} name="page.html" title="The page" />
            <Piece reader={reader} name="pay.js" title="pay.js" />
          </div>
          <Text>
            A browser says what its owner wants it to: your server checks the signature before it hands
            anything out. The order's id comes from where your server put it, not from the browser; the secret
            is the API secret.
          </Text>
          <Pieces
            reader={reader}
            names={{ node: "verification.mjs", python: "verification.py" }}
            testId="code-snippet-verify-payment"
          />
          <Text>
            What to pay with:{" "}
            <Anchor component={Link} to="/dashboard/developers/test-cards" underline="always" inherit>
              test cards and addresses
            </Anchor>
            .
          </Text>
        </Stack>
      </Panel>
    </section>
  );
}

function Webhooks({ reader }: { reader: Reader }) {
  return (
    <section id="webhooks" className={styles.anchor} data-test-id="section-webhook-verification">
      <Panel
        title="3. Verify webhooks"
        description="Your books go by them: they come whether the buyer's browser lives or not."
      >
        <Stack gap="md">
          <Text>
            A whole server that believes only what the gateway signed. Start it, save{" "}
            <code>http://localhost:4242/webhook</code> under{" "}
            <Anchor component={Link} to="/dashboard/webhooks" underline="always" inherit>
              Webhooks
            </Anchor>
            , and press “Send test”.
          </Text>
          <Pieces
            reader={reader}
            names={{ node: "receive.mjs", python: "receive.py" }}
            testId="code-snippet-webhook"
          />
          <Text>
            <code>X-Webhook-Signature</code> covers the body alone. The libraries of Standard Webhooks check
            the time and the id, too, and go on working while you roll the secret (
            <code>npm install standardwebhooks</code>, <code>pip install standardwebhooks</code>):
          </Text>
          <Pieces
            reader={reader}
            names={{ node: "verify_standardwebhooks.mjs", python: "verify_standardwebhooks.py" }}
            testId="code-snippet-webhook-library"
          />
          {reader.webhookSecret !== null && (
            <Text>
              The test merchant's secret is not base64 as all others are: give the libraries its bytes,{" "}
              <code>new Webhook(secret, {'{ format: "raw" }'})</code> or <code>Webhook(secret.encode())</code>
              .
            </Text>
          )}
          <Text>
            Answer any 2xx within ten seconds; anything else is tried again. An event may come twice: act once
            per <code>id</code>. <code>sequence</code> counts the events of one payment or refund, and{" "}
            <code>data</code> holds the whole object as it was then. This is what one looks like:
          </Text>
          <JsonView value={EVENT} label="an event" />
        </Stack>
      </Panel>
    </section>
  );
}
