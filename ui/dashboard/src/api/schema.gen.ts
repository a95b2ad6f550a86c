/** Made from contracts/generated/openapi.json by `npm run generate`: not to be edited. */

export interface paths {
    "/api/v1/orders/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export orders
         * @description Every row that the list shows with the same filters, in the same order, as CSV (UTF-8, a line of names first). Amounts
         *     are in minor units, instants in UTC, objects JSON. A text that a spreadsheet would take for a formula gets a `'` before
         *     it.
         *
         *     A file that breaks off is not complete. One that would be too long is refused where that is known beforehand, else it
         *     breaks off: ask for a shorter time then.
         *
         *     Needs a key with the scope `orders:read`.
         */
        get: operations["exportOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export payments
         * @description Every row that the list shows with the same filters, in the same order, as CSV (UTF-8, a line of names first). Amounts
         *     are in minor units, instants in UTC, objects JSON. A text that a spreadsheet would take for a formula gets a `'` before
         *     it.
         *
         *     A file that breaks off is not complete. One that would be too long is refused where that is known beforehand, else it
         *     breaks off: ask for a shorter time then.
         *
         *     Needs a key with the scope `payments:read`.
         */
        get: operations["exportPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/refunds/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export refunds
         * @description Every row that the list shows with the same filters, in the same order, as CSV (UTF-8, a line of names first). Amounts
         *     are in minor units, instants in UTC, objects JSON. A text that a spreadsheet would take for a formula gets a `'` before
         *     it.
         *
         *     A file that breaks off is not complete. One that would be too long is refused where that is known beforehand, else it
         *     breaks off: ask for a shorter time then.
         *
         *     Needs a key with the scope `refunds:read`.
         */
        get: operations["exportRefunds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders
         * @description Newest first. Filters may be combined.
         *
         *     Needs a key with the scope `orders:read`.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Create an order
         * @description What is to be paid. Payments refer to it; the first one that succeeds pays it.
         *
         *     Needs a key with the scope `orders:write`.
         */
        post: operations["createOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an order
         * @description With what was paid, what is due, and how many payments tried.
         *
         *     Needs a key with the scope `orders:read`.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a buyer may see
         * @description For anybody who knows the id; a page of any origin may ask.
         */
        get: operations["getOrderPublic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payments
         * @description Newest first. Filters may be combined.
         *
         *     Needs a key with the scope `payments:read`.
         */
        get: operations["listPayments"];
        put?: never;
        /**
         * Create a payment
         * @description Pay an order by UPI or card. The answer is `pending`; what became of it is told by webhook,
         *     or by asking again. `capture: automatic` takes the money as soon as the payment succeeds, else capture it
         *     yourself before `capture_before`. Of a card only the network and the last four digits are kept.
         *
         *     Needs a key with the scope `payments:write`.
         */
        post: operations["createPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payments, as a bare array
         * @description The same page, as an array alone.
         *
         *     Needs a key with the scope `payments:read`.
         */
        get: operations["listPaymentsBare"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a payment
         * @description As it is now. `expand` shows more in full.
         *
         *     Needs a key with the scope `payments:read`.
         */
        get: operations["getPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{id}/capture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Capture all or a part
         * @description Take the money of a success payment, once. Without an `amount` all of it; the
         *     rest of the authorisation is released.
         *
         *     Needs a key with the scope `payments:write`.
         */
        post: operations["capturePayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Void an uncaptured payment
         * @description Release the whole authorisation of a success payment that is not captured.
         *
         *     Needs a key with the scope `payments:write`.
         */
        post: operations["cancelPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pay an order, as its buyer
         * @description The same by the buyer, in the name of the order's merchant. Nobody can guess the id of
         *     an order, so no credentials are needed; a key that is sent must be one of the order's merchant.
         */
        post: operations["createPaymentPublic"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{id}/public": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a buyer may see (alias)
         * @description The same as `GET /api/v1/orders/{id}/public`, under a name that older clients use.
         */
        get: operations["getPaymentPublic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/public/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An order and its payments, as its buyer
         * @description The order and the newest tries to pay it, for anybody who knows its id. A
         *     page that was loaded anew sees here what had begun before.
         */
        get: operations["listOrderPublicPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{id}/public/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow an order and its payments, as its buyer
         * @description Server-Sent Events. Each `event: order` holds what `/public/payments` would
         *     answer: one comes at once, and one each time that it changed. It is the state and no history: who comes back
         *     has missed nothing and needs no position. It ends after a time; the browser's EventSource comes back by itself.
         */
        get: operations["streamOrderPublic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a payment's refunds
         * @description Newest first. Filters may be combined.
         *
         *     Needs a key with the scope `refunds:read`.
         */
        get: operations["listPaymentRefunds"];
        put?: never;
        /**
         * Refund all or a part
         * @description Give money back, as often as there is some left. Without an `amount` all of it.
         *     Before capture it is a reversal: it lowers what can be captured, and no money moves.
         *
         *     Needs a key with the scope `refunds:write`.
         */
        post: operations["createPaymentRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List refunds
         * @description Newest first. Filters may be combined.
         *
         *     Needs a key with the scope `refunds:read`.
         */
        get: operations["listRefunds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/refunds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a refund
         * @description As it is now. A failed refund gave its amount back to what can be refunded.
         *
         *     Needs a key with the scope `refunds:read`.
         */
        get: operations["getRefund"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{id}/acquirer_calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what the acquirer decided
         * @description What the acquirer decided about a payment and its refunds.
         *
         *     Needs a key with the scope `payments:read`.
         */
        get: operations["listAcquirerCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get figures by the hour or the day
         * @description What happened, by the hour or the day. Exact, and as cheap with a long history as with none.
         *
         *     Needs a key with the scope `payments:read`.
         */
        get: operations["getStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What you have, in each currency
         * @description In each currency, from the ledger.
         *
         *     Needs a key with the scope `balance:read`.
         */
        get: operations["getBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger_entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the ledger's entries, newest first
         * @description Why the balance is what it is; the entries of an event sum to zero.
         *
         *     Needs a key with the scope `balance:read`.
         */
        get: operations["listLedgerEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description Newest first. An event is listed once it is published, a moment after what caused it.
         *
         *     Needs a key with the scope `events:read`.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an event
         * @description Found once it is published.
         *
         *     Needs a key with the scope `events:read`.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow events as they happen
         * @description Server-Sent Events. `id` is the event's position, `event` its type, `data` the event as the
         *     list shows it. It goes on after `Last-Event-ID`, else after `after`, else from now. It ends with the process
         *     and with the key's rights; a client that comes back with the last id misses nothing and sees nothing twice.
         *
         *     Needs a key with the scope `events:read`.
         */
        get: operations["getStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook deliveries
         * @description Needs a key with the scope `webhooks:read`.
         */
        get: operations["listWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a delivery
         * @description Needs a key with the scope `webhooks:read`.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver many again, those that a filter names
         * @description Needs a key with the scope `webhooks:write`.
         */
        post: operations["retryWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver again, attempts afresh
         * @description Needs a key with the scope `webhooks:write`.
         */
        post: operations["retryWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver an event again, to all that want it or to one
         * @description At once, with all attempts before it. An event that has just happened may be on its
         *     way to its endpoints for the first time, which is a conflict.
         *
         *     Needs a key with the scope `events:write`.
         */
        post: operations["resendEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merchants/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The merchant and its webhook settings
         * @description The merchant with its webhook settings. Whoever holds the webhook secret can sign as
         *     we do: it is shown to who may change it, and null for who may only look.
         *
         *     Needs a key with the scope `webhooks:read`.
         */
        get: operations["getMerchantsProfile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merchants/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set or clear the webhook URL
         * @description Needs a key with the scope `webhooks:write`.
         */
        put: operations["updateMerchantsWebhook"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set or clear the webhook URL (alias)
         * @description The same as `PUT /api/v1/merchants/webhook`, under a name that older clients use.
         */
        put: operations["updateWebhooksConfig"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merchants/webhook/regenerate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new webhook secret
         * @description Needs a key with the scope `webhooks:write`.
         */
        post: operations["regenerateSecretMerchantsWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/regenerate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new webhook secret (alias)
         * @description The same as `POST /api/v1/merchants/webhook/regenerate-secret`, under a name that older clients use.
         */
        post: operations["regenerateSecretWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/secret/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new webhook secret (alias)
         * @description The same as `POST /api/v1/merchants/webhook/regenerate-secret`, under a name that older clients use.
         */
        post: operations["regenerateWebhooksSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merchants/webhook/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test webhook
         * @description Needs a key with the scope `webhooks:write`.
         */
        post: operations["testMerchantsWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test webhook (alias)
         * @description The same as `POST /api/v1/merchants/webhook/test`, under a name that older clients use.
         */
        post: operations["testWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook_endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook endpoints
         * @description Newest first, the default one among them, and never a secret.
         *
         *     Needs a key with the scope `webhooks:read`.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Create a webhook endpoint
         * @description The only answer that shows the secret, besides its replays and those of a roll. Every event from now on goes to each enabled endpoint that asks for its type.
         *
         *     Needs a key with the scope `webhooks:write`.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook_endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook endpoint
         * @description Without its secret.
         *
         *     Needs a key with the scope `webhooks:read`.
         */
        get: operations["getWebhookEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook endpoint
         * @description What waits to be sent there ends as failed when its turn comes; its log stays readable. The default endpoint stays: take its URL away instead.
         *
         *     Needs a key with the scope `webhooks:write`.
         */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change a webhook endpoint
         * @description What is sent is changed, the rest stays. It counts for the attempts that begin from now on, those of earlier events among them; which events go there was decided when they happened.
         *
         *     Needs a key with the scope `webhooks:write`.
         */
        patch: operations["updateWebhookEndpoint"];
        trace?: never;
    };
    "/api/v1/webhook_endpoints/{id}/roll-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace an endpoint's secret, the former one signing on for a while
         * @description The former secret signs beside the new one for `overlap_h` hours: `webhook-signature` holds both signatures, `X-Webhook-Signature` is of the new one and `X-Webhook-Signature-Former` of the former. Rolling again meanwhile drops the oldest at once.
         *
         *     Needs a key with the scope `webhooks:write`.
         */
        post: operations["rollSecretWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook_endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event to an endpoint
         * @description A `webhook.test` event for this endpoint alone, whatever types it asks for.
         *
         *     Needs a key with the scope `webhooks:write`.
         */
        post: operations["testWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List checkout sessions
         * @description Newest first.
         *
         *     Needs a key with the scope `checkout:read`.
         */
        get: operations["listCheckoutSessions"];
        put?: never;
        /**
         * Create a checkout session
         * @description A page of the gateway's own on which this order is paid: send the buyer to its `url`, or the `url` to the buyer. An order may have several; whichever is paid first completes them all.
         *
         *     Needs a key with the scope `checkout:write`.
         */
        post: operations["createCheckoutSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a checkout session
         * @description As it is now.
         *
         *     Needs a key with the scope `checkout:read`.
         */
        get: operations["getCheckoutSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/sessions/{id}/expire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a checkout session before its time
         * @description Nobody can begin to pay there any more. What has expired stays so; what is complete is refused.
         *
         *     Needs a key with the scope `checkout:write`.
         */
        post: operations["expireCheckoutSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checkout/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which sites may show the checkout
         * @description What you said, and what is in effect.
         *
         *     Needs a key with the scope `checkout:read`.
         */
        get: operations["getCheckoutSettings"];
        /**
         * Say which sites may show the checkout
         * @description Which sites may show the checkout in a frame; it counts for pages that are loaded from now on. A site is compared as the browser names it, to the letter.
         *
         *     Needs a key with the scope `checkout:write`.
         */
        put: operations["updateCheckoutSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/request_logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List requests
         * @description Newest first, refused ones too. Filters may be combined.
         *
         *     Needs a key with the scope `requests:read`.
         */
        get: operations["listRequestLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api_keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Newest first, those that have ended included, and never a secret.
         *
         *     Needs a key with the scope `api_keys:read`.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Create an API key
         * @description The only answer that shows the secret, besides its replays. A key can do what its
         *     `scopes` say; without them it may do all. A restricted key can make no key with more scopes than its own.
         *
         *     Needs a key with the scope `api_keys:write`.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api_keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key
         * @description Without its secret.
         *
         *     Needs a key with the scope `api_keys:read`.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description From this answer on nothing is written with it, and within a second nothing is read.
         *     Again and again with the same answer.
         *
         *     Needs a key with the scope `api_keys:write`.
         */
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        /**
         * Rename an API key
         * @description Only its name; for other terms create another key.
         *
         *     Needs a key with the scope `api_keys:write`.
         */
        patch: operations["updateApiKey"];
        trace?: never;
    };
    "/api/v1/api_keys/{id}/roll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace an API key, the old one working on for a while
         * @description A new key with a new secret, on the same terms. The old one works on for `grace_s`,
         *     by default not at all.
         *
         *     Needs a key with the scope `api_keys:write`.
         */
        post: operations["rollApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Derive every invariant of money again from the rows
         * @description 200 whether or not it is ok. What is still in flight is waited for up to `wait_s`, then told.
         *
         *     Needs a key with the scope `audit:read`.
         */
        get: operations["getAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of the gateway, for people
         * @description `redis` is the queue's state under the name that old clients look for; `services`, which of the
         *     others stopped, is told only when one has.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/test/merchant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The seeded test merchant */
        get: operations["getTestMerchant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/test/jobs/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the workers have to do
         * @description The sum of what the services say.
         */
        get: operations["getTestJobsStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what waits
         * @description Outboxes, consumers, delayed webhooks and jobs. What is committed is never lost: it is late.
         *
         *     Needs a key with the scope `system:read`.
         */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merchants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List merchants, as the operator
         * @description Newest first.
         */
        get: operations["listMerchants"];
        put?: never;
        /**
         * Create a merchant, as the operator
         * @description With its first keys; the secret is shown this once.
         */
        post: operations["createMerchant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merchants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a merchant
         * @description Without its keys, which are its own affair.
         */
        get: operations["getMerchant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "payment.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.created
         * @description The gateway accepted the request to pay.
         */
        post: operations["onPaymentCreated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.pending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.pending
         * @description The payment is on its way to the acquirer, for the first time or again after the buyer authenticated.
         */
        post: operations["onPaymentPending"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.requires_action": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.requires_action
         * @description The acquirer wants the buyer to authenticate: `next_action` says where.
         */
        post: operations["onPaymentRequires_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.success": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.success
         * @description The acquirer authorised the payment.
         */
        post: operations["onPaymentSuccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.failed
         * @description The payment was declined, timed out, or came too late to count.
         */
        post: operations["onPaymentFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.captured": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.captured
         * @description All or a part was captured; the rest of the authorisation is released.
         */
        post: operations["onPaymentCaptured"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.canceled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.canceled
         * @description The merchant voided the authorisation before capture.
         */
        post: operations["onPaymentCanceled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.expired": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.expired
         * @description The authorisation was not captured in time.
         */
        post: operations["onPaymentExpired"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "payment.disputed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * payment.disputed
         * @description The cardholder disputed a captured payment.
         */
        post: operations["onPaymentDisputed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "refund.created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * refund.created
         * @description The refund was accepted and its room taken.
         */
        post: operations["onRefundCreated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "refund.processed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * refund.processed
         * @description The acquirer gave the money back, or released it.
         */
        post: operations["onRefundProcessed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "refund.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * refund.failed
         * @description The acquirer refused; the refund's room is free again.
         */
        post: operations["onRefundFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "webhook.test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * webhook.test
         * @description You asked for a test.
         */
        post: operations["onWebhookTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "webhook_endpoint.disabled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * webhook_endpoint.disabled
         * @description Another of your endpoints is told nothing any more: its server answered 410, or every attempt failed for days. `sequence` counts how often that has happened to it.
         */
        post: operations["onWebhook_endpointDisabled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description A decision of the acquirer. It decides once for each key: who asks again with it is told the same. */
        AcquirerCall: {
            key: string;
            /** @enum {string} */
            operation: "authorise" | "capture" | "void" | "refund" | "reverse";
            amount: number;
            currency: string;
            /** @enum {string} */
            outcome: "approved" | "declined";
            decline_code: string | null;
            description: string | null;
            /** @description How often it was asked with this key: more than once where an answer was lost. */
            calls: number;
            /** Format: date-time */
            at: string;
        };
        /** @description In the order of the requests. */
        AcquirerCalls: {
            data: components["schemas"]["AcquirerCall"][];
        };
        /** @description A key without its secret. */
        ApiKey: {
            /** @description The same as `key`. */
            id: string;
            /** @description The public part: what is sent as X-Api-Key. */
            key: string;
            /** @enum {string} */
            kind: "secret" | "publishable";
            name: string;
            /** @description `["*"]` for a key that may do all. */
            scopes: string[];
            /** @enum {string} */
            status: "active" | "expired" | "revoked";
            rate_limit_per_s: number | null;
            /** @description Some seconds late. */
            last_used_at: string | null;
            expires_at: string | null;
            revoked_at: string | null;
            /** Format: date-time */
            created_at: string;
        };
        ApiKeyList: {
            data: components["schemas"]["ApiKey"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /**
         * @description What was sent and what came back. The body sent is the delivery's `request_body`. `phases` are the ms of
         *     `duration_ms` by phase, as far as the attempt got. Without an answer there is no `response_status`, and `error` says
         *     why; of a long one `response_body` is the beginning (`response_body_truncated`). `next_attempt_at`: when the attempt
         *     after it was to be made, if any.
         */
        Attempt: {
            run: number;
            attempt: number;
            /** @enum {string} */
            trigger: "auto" | "manual" | "bulk" | "sweeper";
            /** Format: date-time */
            at: string;
            duration_ms: number;
            phases: {
                [key: string]: number;
            };
            url: string;
            request_headers: {
                [key: string]: string;
            };
            response_status: number | null;
            response_headers: {
                [key: string]: string;
            } | null;
            response_body: string | null;
            response_body_truncated: boolean;
            error_class: ("dns" | "connect" | "tls" | "timeout" | "status" | "blocked") | null;
            error: string | null;
            next_attempt_at: string | null;
        };
        /**
         * @description `ok` needs no difference and nothing skipped. `checked` counts what was compared; `in_flight` shows some of what
         *     was skipped because it was still under way.
         */
        Audit: {
            ok: boolean;
            differences: components["schemas"]["Difference"][];
            checked: {
                [key: string]: number;
            };
            skipped: number;
            in_flight: components["schemas"]["Difference"][];
            /** Format: date-time */
            as_of: string;
        };
        /** @description A balance per currency, as of the moment it was read. */
        Balance: {
            data: components["schemas"]["CurrencyBalance"][];
        };
        /** @description What happened in the hour, or the day, that begins then. */
        Bucket: {
            /** @description Created. */
            payments: number;
            succeeded: number;
            failed: number;
            /** @description Authorised. */
            amount_succeeded: number;
            amount_captured: number;
            /** @description Processed, reversals included. */
            refunds: number;
            amount_refunded: number;
            /** @description Attempts that were taken, whatever the currency; null when the notifier is away. */
            webhooks_ok: number | null;
            webhooks_failed: number | null;
            /** Format: date-time */
            at: string;
        };
        /** @description No amount takes all. */
        CapturePayment: {
            /** @description At most what is authorised and not reversed; unset: all of it. */
            amount?: number | null;
        };
        /** @description A card, in the request that brings it and nowhere else. */
        CardInput: {
            number: string;
            expiry_month: number | string;
            expiry_year: number | string;
            cvv: string;
            holder_name?: string | null;
        };
        /** @description What the page's fields hold at first. Never a card's number. */
        CheckoutPrefill: {
            vpa?: string | null;
            holder_name?: string | null;
        };
        /** @description A hosted page on which an order is paid: a link to send to a buyer. */
        CheckoutSession: {
            id: string;
            /** @description The page. */
            url: string;
            order_id: string;
            amount: number;
            currency: string;
            /**
             * @description `complete`: the order is paid.
             * @enum {string}
             */
            status: "open" | "complete" | "expired";
            success_url: string | null;
            cancel_url: string | null;
            locale: ("en" | "hi" | "es" | "fr" | "de" | "ar") | null;
            theme: ("auto" | "light" | "dark") | null;
            prefill: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            expires_at: string;
            /** Format: date-time */
            created_at: string;
        };
        CheckoutSessionList: {
            data: components["schemas"]["CheckoutSession"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description What was said, and what that comes to. */
        CheckoutSettings: {
            allowed_origins: string[] | null;
            /** @description `http://localhost:*` stands for any port. */
            effective_origins: string[];
        };
        /** @description How far a service is behind in a topic. */
        ConsumerLag: {
            service: string;
            topic: string;
            group: string;
            partition_count: number;
            /** @description Messages that are not handled yet; null when Kafka does not say. */
            lag: number | null;
        };
        CreateApiKey: {
            name: string;
            /** @enum {string} */
            kind?: "secret" | "publishable";
            /** @description What the key may do; unset, or `*`: all. */
            scopes?: ("orders:read" | "orders:write" | "payments:read" | "payments:write" | "refunds:read" | "refunds:write" | "webhooks:read" | "webhooks:write" | "balance:read" | "balance:write" | "checkout:read" | "checkout:write" | "events:read" | "events:write" | "audit:read" | "audit:write" | "api_keys:read" | "api_keys:write" | "requests:read" | "system:read")[] | null;
            expires_at?: string | null;
            /** @description A lower limit than the gateway's own. */
            rate_limit_per_s?: number | null;
        };
        CreateCheckoutSession: {
            /** @description One of yours that can be paid. */
            order_id: string;
            /**
             * @description Where the buyer goes once it is paid, with `payment_id`, `order_id` and `signature` added to its query.
             *     `{CHECKOUT_SESSION_ID}` in it stands for the session's id. Unset: the page stays.
             */
            success_url?: string | null;
            /** @description Where the buyer can go back to without paying. */
            cancel_url?: string | null;
            /** @description Unset: in 24 hours; at most in 30 days. */
            expires_at?: string | number | null;
            /** @description Unset: what the buyer's browser prefers. */
            locale?: ("en" | "hi" | "es" | "fr" | "de" | "ar") | null;
            theme?: ("auto" | "light" | "dark") | null;
            prefill?: components["schemas"]["CheckoutPrefill"] | null;
        };
        CreateMerchant: {
            name: string;
            /** Format: email */
            email: string;
            /** @description Where its webhooks go until it says otherwise. */
            webhook_url?: string | null;
        };
        CreateOrder: {
            /** @description In the currency's minor unit: 50000 is ₹500.00. */
            amount: number;
            currency?: string;
            /** @description Your own name for it. */
            receipt?: string | null;
            /** @description Yours: kept as they are sent. At most 50 keys, 16 KiB. */
            notes?: {
                [key: string]: unknown;
            } | null;
            /** @description Refuse the order when another one of the merchant's has this receipt. */
            unique_receipt?: boolean;
            /** @description From this instant on no payment of the order can be begun; unset: never. */
            expires_at?: string | null;
        };
        /** @description The card nested or flat. */
        CreatePayment: {
            order_id: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @description For `upi`: the payer's address, name@bank. */
            vpa?: string | null;
            /** @description For `card`; or the flat fields below. */
            card?: components["schemas"]["CardInput"] | null;
            card_number?: string | null;
            /** @description MM/YY or MM/YYYY. */
            card_expiry?: string | null;
            card_cvv?: string | null;
            card_holder?: string | null;
            /**
             * @description `automatic` takes the money as soon as the payment succeeds.
             * @enum {string}
             */
            capture?: "manual" | "automatic";
            /** @description Yours: kept as it is sent. At most 50 keys, 16 KiB. */
            metadata?: {
                [key: string]: unknown;
            } | null;
        } | {
            /** @constant */
            method?: "upi";
            vpa: string;
        } | {
            /** @constant */
            method?: "card";
            card: Record<string, never>;
        } | {
            /** @constant */
            method?: "card";
            card_number: string;
            card_expiry: string;
            card_cvv: string;
        };
        /** @description No amount gives all back. */
        CreateRefund: {
            /** @description At most what is left; unset: all of it. */
            amount?: number | null;
            /** @description Yours, for your books. */
            reason?: string | null;
            metadata?: {
                [key: string]: unknown;
            } | null;
        };
        CreateWebhookEndpoint: {
            /**
             * @description Where events are POSTed; another endpoint may have the same. http:// or https://, without a user and password;
             *     at most 2048 characters.
             */
            url: string;
            /** @description What it is told: everything (`*`), groups (`payment.*`), types. */
            event_types?: ("*" | "payment.*" | "refund.*" | "webhook.*" | "webhook_endpoint.*" | "payment.created" | "payment.pending" | "payment.requires_action" | "payment.success" | "payment.failed" | "payment.captured" | "payment.canceled" | "payment.expired" | "payment.disputed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test" | "webhook_endpoint.disabled")[];
            /** @description For people. */
            description?: string;
            /**
             * @description Your own, sent with every event. What they say is kept sealed and never shown again. A name is a token of HTTP
             *     and none that the gateway or the connection sets.
             */
            headers?: {
                [key: string]: string;
            };
            enabled?: boolean;
            /** @description Send no more than so many attempts a second; what is more waits, and loses no attempt. null: no limit. */
            rate_limit_per_s?: number | null;
            /**
             * @description The form of the body, told in `Paygate-Version`. An endpoint keeps its version when there are newer ones.
             * @constant
             */
            api_version?: "2026-11-01";
            /**
             * @description `object`: an event of a payment or refund waits for the one before it, for a bounded time.
             * @enum {string}
             */
            ordering?: "none" | "object";
            /**
             * @description How long to wait after each failed attempt, in s, at most three days in all: one attempt more than there are
             *     gaps. null: the gateway's own schedule.
             */
            retry_gaps_s?: number[] | null;
        };
        /** @description A merchant's money in one currency, in minor units. receivable = available + refunds_pending + fees. */
        CurrencyBalance: {
            currency: string;
            /** @description What the gateway owes the merchant: captured, less fees and refunds (those under way, too). Negative when more was given back than is left, since a refund does not give back the fee */
            available: number;
            /** @description Set aside for refunds that are under way */
            refunds_pending: number;
            /** @description What the acquirer owes the gateway: captured less what was given back */
            receivable: number;
            /** @description What the gateway kept of captures */
            fees: number;
        };
        /** @description Webhook attempts that wait for their time. */
        DelayedWebhooks: {
            topic: string;
            tier_s: number;
            /** @description Records; an attempt leaves one in every tier that it passes until its time. Null when Kafka does not say. */
            waiting: number | null;
        };
        /** @description Nothing is sent there any more. */
        DeletedWebhookEndpoint: {
            id: string;
            /** @constant */
            deleted: true;
        };
        /**
         * @description An event on its way to an endpoint. `attempts`, `response_code` and `error` are those of the current `run`,
         *     which a manual retry begins anew. `waiting_for` is `order` where an endpoint with ordering has not had an earlier
         *     event of the same object yet: it is sent after that one, and at `next_attempt_at` at the latest.
         */
        Delivery: {
            id: string;
            /** @enum {string} */
            event: "payment.created" | "payment.pending" | "payment.requires_action" | "payment.success" | "payment.failed" | "payment.captured" | "payment.canceled" | "payment.expired" | "payment.disputed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test" | "webhook_endpoint.disabled";
            event_id: string;
            subject: string;
            payment_id: string | null;
            webhook_endpoint_id: string;
            /** @enum {string} */
            status: "pending" | "success" | "failed";
            run: number;
            attempts: number;
            /** Format: date-time */
            created_at: string;
            last_attempt_at: string | null;
            next_attempt_at: string | null;
            waiting_for: "order" | null;
            response_code: number | null;
            error: string | null;
            failure_reason: ("exhausted" | "gone" | "endpoint_disabled" | "endpoint_deleted") | null;
        };
        /**
         * @description A delivery with the payload that is sent, and every attempt of every run, oldest first. `request_body` is that
         *     payload as the text that was sent and signed, byte for byte. The log is kept for a while: of an older delivery it
         *     tells later attempts at most, and is not whole (`attempt_log_whole`).
         */
        DeliveryDetail: {
            id: string;
            /** @enum {string} */
            event: "payment.created" | "payment.pending" | "payment.requires_action" | "payment.success" | "payment.failed" | "payment.captured" | "payment.canceled" | "payment.expired" | "payment.disputed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test" | "webhook_endpoint.disabled";
            event_id: string;
            subject: string;
            payment_id: string | null;
            webhook_endpoint_id: string;
            /** @enum {string} */
            status: "pending" | "success" | "failed";
            run: number;
            attempts: number;
            /** Format: date-time */
            created_at: string;
            last_attempt_at: string | null;
            next_attempt_at: string | null;
            waiting_for: "order" | null;
            response_code: number | null;
            error: string | null;
            failure_reason: ("exhausted" | "gone" | "endpoint_disabled" | "endpoint_deleted") | null;
            url: string | null;
            payload: {
                [key: string]: unknown;
            };
            request_body: string;
            attempt_log_whole: boolean;
            attempt_log: components["schemas"]["Attempt"][];
        };
        DeliveryList: {
            data: components["schemas"]["Delivery"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description A rule that does not hold: what was expected of an object, and what was found. */
        Difference: {
            check: string;
            object: string;
            expected: unknown;
            found: unknown;
        };
        /** @description An endpoint that is told nothing any more: its server said that it is gone, or every attempt failed for days. */
        DisabledEndpoint: {
            id: string;
            url: string | null;
            description: string;
            disabled_reason: string;
            /** Format: date-time */
            disabled_at: string;
        };
        /** @description The cardholder asks the issuer for the money back. It moves none by itself. */
        Dispute: {
            id: string;
            amount: number;
            currency: string;
            reason: string;
            /** @constant */
            status: "needs_response";
            /** Format: date-time */
            created_at: string;
        };
        /** @description A page, newest first. `total_capped`: there are more than `total` says. */
        Entries: {
            data: components["schemas"]["Entry"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            has_more: boolean;
        };
        /** @description One side of a posting: debits positive, so that the entries of an event sum to zero. */
        Entry: {
            id: string;
            event_id: string;
            /** @description Null for entries that were written before it was kept */
            event_type: string | null;
            /** @enum {string} */
            account: "merchant_balance" | "acquirer_receivable" | "refunds_payable" | "fees";
            amount: number;
            currency: string;
            payment_id: string;
            refund_id: string | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description Every refusal, unless `application/problem+json` is asked for. */
        ErrorEnvelope: {
            error: components["schemas"]["Told"];
        };
        /**
         * @description Something that happened. `position` orders all events of the gateway and has gaps where other merchants' are;
         *     `sequence` counts the object's own, without a gap.
         */
        Event: {
            id: string;
            type: string;
            /** Format: date-time */
            created_at: string;
            position: number;
            sequence: number;
            /** @description Where Kafka has it since it was last published; the next two are null for events older than their record. */
            topic: string;
            partition: number | null;
            offset: number | null;
            object: components["schemas"]["EventObject"];
            data: components["schemas"]["EventData"];
        };
        /** @description The object as it was then; a refund's event shows its payment, too. */
        EventData: {
            payment: components["schemas"]["PaymentSnapshot"];
            /** @default null */
            refund: components["schemas"]["RefundSnapshot"] | null;
        };
        EventList: {
            data: components["schemas"]["Event"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description What an event is about. */
        EventObject: {
            /** @enum {string} */
            type: "payment" | "refund";
            id: string;
        };
        /**
         * @description `redis` is the queue's state under the name that old clients look for; `worker` is that of what takes payments,
         *     refunds and webhooks on; `services` is there when one of them, or the checkout, has stopped, and says which.
         */
        Health: {
            /** @enum {string} */
            status: "healthy" | "unhealthy";
            /** @enum {string} */
            database: "connected" | "disconnected";
            /** @enum {string} */
            kafka: "connected" | "disconnected";
            /** @enum {string} */
            redis: "connected" | "disconnected";
            /** @enum {string} */
            worker: "running" | "stopped";
            /** Format: date-time */
            timestamp: string;
            /** @default null */
            services: {
                [key: string]: "running" | "stopped";
            } | null;
        };
        /**
         * @description What all workers together have to do (`pending`, `processing`), and have done since the beginning. A worker
         *     that does not answer is missing in the figures, and `worker_status` says so.
         */
        Jobs: {
            pending: number;
            processing: number;
            completed: number;
            failed: number;
            /** @enum {string} */
            worker_status: "running" | "stopped";
        };
        /** @description A merchant, as the operator sees it. */
        Merchant: {
            id: string;
            name: string;
            email: string;
            /** Format: date-time */
            created_at: string;
        };
        /** @description A page, newest first. `next_cursor` is there with `has_more`: send it as `starting_after`. */
        Merchants: {
            data: components["schemas"]["Merchant"][];
            limit: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description A new key with its secret. */
        NewApiKey: {
            /** @description The same as `key`. */
            id: string;
            /** @description The public part: what is sent as X-Api-Key. */
            key: string;
            /** @enum {string} */
            kind: "secret" | "publishable";
            name: string;
            /** @description `["*"]` for a key that may do all. */
            scopes: string[];
            /** @enum {string} */
            status: "active" | "expired" | "revoked";
            rate_limit_per_s: number | null;
            /** @description Some seconds late. */
            last_used_at: string | null;
            expires_at: string | null;
            revoked_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Shown this once; null for a publishable key, which has none. */
            secret: string | null;
            /**
             * @description The key that it was rolled from.
             * @default null
             */
            replaces: string | null;
            /**
             * @description Until when that one works beside it.
             * @default null
             */
            replaced_expires_at: string | null;
        };
        /** @description A new merchant with its first keys. It finds the secret of its webhooks in its profile. */
        NewMerchant: {
            id: string;
            name: string;
            email: string;
            /** Format: date-time */
            created_at: string;
            api_key: string;
            /** @description Shown this once. */
            api_secret: string;
            publishable_key: string;
            webhook_url: string | null;
        };
        /** @description A new endpoint with its secret. */
        NewWebhookEndpoint: {
            id: string;
            /** @description null: nothing is sent (only the default endpoint can be without one). */
            url: string | null;
            description: string;
            event_types: string[];
            /** @description Their names; what they say is masked. */
            headers: {
                [key: string]: string;
            };
            enabled: boolean;
            disabled_reason: string | null;
            disabled_at: string | null;
            /** @description The one that `PUT /api/v1/merchants/webhook` sets. */
            is_default: boolean;
            rate_limit_per_s: number | null;
            /** @constant */
            api_version: "2026-11-01";
            /** @enum {string} */
            ordering: "none" | "object";
            retry_gaps_s: number[] | null;
            /** @description The gaps that are in effect, in s. */
            schedule_s: number[];
            /** @description The first failed attempt after the last good one. */
            failing_since: string | null;
            /** @description Until when the former secret signs, too. */
            former_secret_expires_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description Shown this once: what its webhooks are signed with. */
            secret: string;
        };
        /** @description What the buyer has to do before the payment goes on: open `url`, in a window or a frame. */
        NextAction: {
            /** @constant */
            type: "redirect_to_url";
            /** @description Where the buyer proves to be the cardholder. */
            url: string;
        };
        /** @description A POST that needs no body; what is sent is ignored. */
        NoBody: Record<string, never>;
        /**
         * @description An order.
         * @example {
         *       "id": "order_0VxKb3QmZ8aT4RfL",
         *       "merchant_id": "550e8400-e29b-41d4-a716-446655440000",
         *       "amount": 129900,
         *       "currency": "INR",
         *       "receipt": "order-8",
         *       "notes": {
         *         "customer": "cus_42"
         *       },
         *       "status": "paid",
         *       "amount_paid": 129900,
         *       "amount_due": 0,
         *       "attempts": 1,
         *       "expires_at": null,
         *       "created_at": "2026-11-23T10:16:01.120394Z",
         *       "updated_at": "2026-11-23T10:16:03.600412Z"
         *     }
         */
        Order: {
            id: string;
            merchant_id: string;
            amount: number;
            currency: string;
            receipt: string | null;
            notes: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "created" | "attempted" | "paid";
            amount_paid: number;
            amount_due: number;
            attempts: number;
            expires_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * @description The newest 100, with `expand=payments`.
             * @default null
             */
            payments: {
                [key: string]: unknown;
            }[] | null;
        };
        OrderList: {
            data: components["schemas"]["Order"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description What a service has committed and Kafka has not got yet. */
        OutboxDepth: {
            service: string;
            /** @description At most so many messages. */
            depth: number;
            /** @description How long the oldest waits; null where none does. */
            oldest_s: number | null;
        };
        /**
         * @description The card nested or flat. How the money is taken is the shop's affair, and
         *     `metadata` is the shop's word: a buyer says neither.
         */
        PayOrder: {
            order_id: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @description For `upi`: the payer's address, name@bank. */
            vpa?: string | null;
            /** @description For `card`; or the flat fields below. */
            card?: components["schemas"]["CardInput"] | null;
            card_number?: string | null;
            /** @description MM/YY or MM/YYYY. */
            card_expiry?: string | null;
            card_cvv?: string | null;
            card_holder?: string | null;
        } | {
            /** @constant */
            method?: "upi";
            vpa: string;
        } | {
            /** @constant */
            method?: "card";
            card: Record<string, never>;
        } | {
            /** @constant */
            method?: "card";
            card_number: string;
            card_expiry: string;
            card_cvv: string;
        };
        /**
         * @description A payment; the last three with `expand`, lists up to the newest 100.
         * @example {
         *       "id": "pay_0VxKb4M9sJq2NnBv",
         *       "merchant_id": "550e8400-e29b-41d4-a716-446655440000",
         *       "order_id": "order_0VxKb3QmZ8aT4RfL",
         *       "amount": 129900,
         *       "currency": "INR",
         *       "method": "card",
         *       "card_network": "visa",
         *       "card_last4": "4242",
         *       "status": "success",
         *       "capture": "manual",
         *       "captured": false,
         *       "amount_captured": 0,
         *       "amount_refunded": 0,
         *       "amount_reversed": 0,
         *       "refund_status": "none",
         *       "capture_before": "2026-11-30T10:16:03.600412Z",
         *       "error_code": null,
         *       "error_description": null,
         *       "decline_code": null,
         *       "metadata": {},
         *       "created_at": "2026-11-23T10:16:02.540117Z",
         *       "updated_at": "2026-11-23T10:15:31.204511Z"
         *     }
         */
        Payment: {
            id: string;
            merchant_id: string;
            order_id: string;
            amount: number;
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /**
             * @description The payer's UPI address.
             * @default null
             */
            vpa: string | null;
            /** @default null */
            card_network: string | null;
            /** @default null */
            card_last4: string | null;
            /**
             * @description `success` means authorised, and stays when it is captured or refunded: the fields below tell the rest.
             * @enum {string}
             */
            status: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
            /**
             * @description There while the status is `requires_action`.
             * @default null
             */
            next_action: components["schemas"]["NextAction"] | null;
            /**
             * @description `automatic` takes the money as soon as the payment succeeds.
             * @enum {string}
             */
            capture: "manual" | "automatic";
            captured: boolean;
            amount_captured: number;
            /** @description What was given back after capture; refunds under way are not in it yet. */
            amount_refunded: number;
            /** @description What was released before capture, and so can't be captured any more; reversals under way are not in it yet. */
            amount_reversed: number;
            /** @enum {string} */
            refund_status: "none" | "pending" | "partial" | "full";
            /**
             * @description What the gateway kept of the captured amount; a refund does not give it back.
             * @default 0
             */
            fee: number;
            /** @default false */
            disputed: boolean;
            /**
             * @description There once the payment is disputed.
             * @default null
             */
            dispute: components["schemas"]["Dispute"] | null;
            /** @description From this instant on it can't be captured any more. */
            capture_before: string | null;
            /** @description Why it failed; see /docs/errors. */
            error_code: string | null;
            error_description: string | null;
            /** @description The issuer's or bank's reason, with the error code `PAYMENT_FAILED`. */
            decline_code: string | null;
            /** @description Yours: kept as it was sent, and shown wherever the payment is. */
            metadata: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @default null */
            timeline: components["schemas"]["TimelineEntry"][] | null;
            /** @default null */
            order: {
                [key: string]: unknown;
            } | null;
            /** @default null */
            refunds: {
                [key: string]: unknown;
            }[] | null;
        };
        PaymentList: {
            data: components["schemas"]["Payment"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description A payment as the API shows it. Amounts are minor units; `vpa` stands for UPI, `card_*` for cards. */
        PaymentSnapshot: {
            id: string;
            merchant_id: string;
            order_id: string;
            amount: number;
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /**
             * @description The payer's UPI address.
             * @default null
             */
            vpa: string | null;
            /** @default null */
            card_network: string | null;
            /** @default null */
            card_last4: string | null;
            /**
             * @description `success` means authorised, and stays when it is captured or refunded: the fields below tell the rest.
             * @enum {string}
             */
            status: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
            /**
             * @description There while the status is `requires_action`.
             * @default null
             */
            next_action: components["schemas"]["NextAction"] | null;
            /**
             * @description `automatic` takes the money as soon as the payment succeeds.
             * @enum {string}
             */
            capture: "manual" | "automatic";
            captured: boolean;
            amount_captured: number;
            /** @description What was given back after capture; refunds under way are not in it yet. */
            amount_refunded: number;
            /** @description What was released before capture, and so can't be captured any more; reversals under way are not in it yet. */
            amount_reversed: number;
            /** @enum {string} */
            refund_status: "none" | "pending" | "partial" | "full";
            /**
             * @description What the gateway kept of the captured amount; a refund does not give it back.
             * @default 0
             */
            fee: number;
            /** @default false */
            disputed: boolean;
            /**
             * @description There once the payment is disputed.
             * @default null
             */
            dispute: components["schemas"]["Dispute"] | null;
            /** @description From this instant on it can't be captured any more. */
            capture_before: string | null;
            /** @description Why it failed; see /docs/errors. */
            error_code: string | null;
            error_description: string | null;
            /** @description The issuer's or bank's reason, with the error code `PAYMENT_FAILED`. */
            decline_code: string | null;
            /** @description Yours: kept as it was sent, and shown wherever the payment is. */
            metadata: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description A page of payments without its envelope. */
        Payments: components["schemas"]["Payment"][];
        /** @description The same refusal in the form of RFC 9457, for `Accept: application/problem+json`. */
        Problem: {
            /** @description Where the code is explained. */
            type: string;
            /** @description The code in words. */
            title: string;
            status: number;
            /** @description For people: what is wrong, and what to do. */
            detail: string;
            /** @description The path that was asked. */
            instance: string;
            code: string;
            /** @default null */
            field: string | null;
            /** @default null */
            reason: string | null;
            request_id: string;
        };
        /**
         * @description The merchant with its webhook settings, and the keys it goes by: the oldest that may do all, the newest that is
         *     public.
         */
        Profile: {
            webhook_url: string | null;
            webhook_enabled: boolean;
            webhook_disabled_reason: string | null;
            webhook_disabled_at: string | null;
            webhook_failing_since: string | null;
            /** @description Null for who may not change it. */
            webhook_secret: string | null;
            id: string;
            name: string;
            email: string;
            api_key: string | null;
            publishable_key: string | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description What anybody who knows an order's id may see. */
        PublicOrder: {
            id: string;
            amount: number;
            currency: string;
            /** @enum {string} */
            status: "created" | "attempted" | "paid";
            expires_at: string | null;
        };
        /** @description What a buyer may see of an order: what is to be paid, and how the newest tries go. */
        PublicOrderPayments: {
            order: components["schemas"]["PublicOrder"];
            /** @description Newest first, at most 10. */
            payments: components["schemas"]["PublicPayment"][];
        };
        /** @description What a buyer may see of a payment: how it goes, nothing of how it is paid. */
        PublicPayment: {
            id: string;
            order_id: string;
            amount: number;
            currency: string;
            /** @enum {string} */
            method: "upi" | "card";
            /** @enum {string} */
            status: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
            /** @default null */
            next_action: components["schemas"]["NextAction"] | null;
            error_code: string | null;
            error_description: string | null;
            decline_code: string | null;
            /**
             * @description For the shop's server, while the status is `success`, else null: hex HMAC-SHA256 of `order_id|payment_id`. Its
             *     key is the secret of the API key that the request names or, for a publishable key or none, of the profile's
             *     `api_key`: the oldest live one that may do all.
             */
            signature: string | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description Figures of the whole gateway, of all merchants together. */
        Queues: {
            outbox: components["schemas"]["OutboxDepth"][];
            consumers: components["schemas"]["ConsumerLag"][];
            delays: components["schemas"]["DelayedWebhooks"][];
            jobs: components["schemas"]["Jobs"];
            /** @description Who did not answer in time. */
            missing: ("processor" | "refunder" | "notifier" | "checkout" | "kafka")[];
        };
        /**
         * @description A refund; its payment with `expand=payment`.
         * @example {
         *       "id": "rfnd_0VxKbB7yVw3LkGhS",
         *       "payment_id": "pay_0VxKb3RcW1uY7HdE",
         *       "merchant_id": "550e8400-e29b-41d4-a716-446655440000",
         *       "amount": 12500,
         *       "currency": "INR",
         *       "kind": "refund",
         *       "reason": "Customer changed their mind",
         *       "status": "processed",
         *       "metadata": {},
         *       "error_code": null,
         *       "error_description": null,
         *       "created_at": "2026-11-23T11:02:11.660001Z",
         *       "updated_at": "2026-11-23T11:02:15.071334Z",
         *       "processed_at": "2026-11-23T11:02:15.071334Z"
         *     }
         */
        Refund: {
            id: string;
            payment_id: string;
            merchant_id: string;
            amount: number;
            currency: string;
            /**
             * @description Fixed when it was asked for.
             * @enum {string}
             */
            kind: "refund" | "reversal";
            /** @description Yours. */
            reason: string | null;
            /** @enum {string} */
            status: "pending" | "processed" | "failed";
            /** @description Yours: kept as it was sent. */
            metadata: {
                [key: string]: unknown;
            };
            /** @description Why it failed; see /docs/errors. */
            error_code: string | null;
            error_description: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            processed_at: string | null;
            /** @default null */
            payment: {
                [key: string]: unknown;
            } | null;
        };
        RefundList: {
            data: components["schemas"]["Refund"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description A refund as the API shows it. A `reversal` was asked for before capture and moves no money. */
        RefundSnapshot: {
            id: string;
            payment_id: string;
            merchant_id: string;
            amount: number;
            currency: string;
            /**
             * @description Fixed when it was asked for.
             * @enum {string}
             */
            kind: "refund" | "reversal";
            /** @description Yours. */
            reason: string | null;
            /** @enum {string} */
            status: "pending" | "processed" | "failed";
            /** @description Yours: kept as it was sent. */
            metadata: {
                [key: string]: unknown;
            };
            /** @description Why it failed; see /docs/errors. */
            error_code: string | null;
            error_description: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            processed_at: string | null;
        };
        RenameApiKey: {
            name: string;
        };
        /** @description A request and what came of it. Neither its body nor its query is kept. */
        RequestLine: {
            id: string;
            /** Format: date-time */
            at: string;
            method: string;
            path: string;
            route: string;
            status: number;
            error_code: string | null;
            duration_ms: number;
            request_id: string;
            /** @description Null for who was signed in at the dashboard. */
            api_key: string | null;
            /** @description Their email. */
            user: string | null;
            address: string;
            user_agent: string;
            /** @description Whether the answer was made for this request or for an earlier one with its key; null without a key. */
            idempotency: ("first" | "replayed") | null;
        };
        /**
         * @description A page, newest first. Which have just been answered come within a second; in a rush some are missing.
         *     `next_cursor` is there with `has_more`: send it as `starting_after`, also when this page is short.
         */
        Requests: {
            data: components["schemas"]["RequestLine"][];
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description The deliveries that begin. */
        Resend: {
            id: string;
            /** @enum {string} */
            event: "payment.created" | "payment.pending" | "payment.requires_action" | "payment.success" | "payment.failed" | "payment.captured" | "payment.canceled" | "payment.expired" | "payment.disputed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test" | "webhook_endpoint.disabled";
            deliveries: components["schemas"]["ResentDelivery"][];
            message: string;
        };
        /**
         * @description To every endpoint that is enabled and asks for such events, or to the one named,
         *     whatever it asks for.
         */
        ResendEvent: {
            webhook_endpoint_id?: string | null;
        };
        /** @description A delivery of the event, to be made at once: the first `run` to an endpoint that had none of it, or the next. */
        ResentDelivery: {
            id: string;
            webhook_endpoint_id: string;
            run: number;
        };
        /** @description The delivery's attempts start afresh. */
        Retry: {
            id: string;
            /** @constant */
            status: "pending";
            message: string;
        };
        /** @description Which deliveries; a payment's are those of its refunds, too. The range ends before `created_to`. */
        RetryFilter: {
            /** @enum {string} */
            status?: "failed" | "success";
            event?: ("payment.created" | "payment.pending" | "payment.requires_action" | "payment.success" | "payment.failed" | "payment.captured" | "payment.canceled" | "payment.expired" | "payment.disputed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test" | "webhook_endpoint.disabled") | null;
            webhook_endpoint_id?: string | null;
            failure_reason?: ("exhausted" | "gone" | "endpoint_disabled" | "endpoint_deleted") | null;
            payment_id?: string | null;
            created_from?: string | number | null;
            created_to?: string | number | null;
        };
        /**
         * @description The oldest first. `dry_run` tells what would be done, and does nothing.
         *     `starting_after`: the `next_cursor` of the call before, to meet each delivery once even if it fails again meanwhile.
         */
        RetryMany: {
            filter: components["schemas"]["RetryFilter"];
            limit?: number;
            starting_after?: string | null;
            dry_run?: boolean;
        };
        /**
         * @description How many start afresh, and how many more match: call again with `starting_after` = `next_cursor` until there is
         *     none. `remaining_capped`: there may be more than `remaining` says, as one call looks at so many deliveries.
         */
        RetryManyAnswer: {
            scheduled: number;
            remaining: number;
            /** @default false */
            remaining_capped: boolean;
            /** @default null */
            next_cursor: string | null;
            dry_run: boolean;
        };
        RollApiKey: {
            /** @description How long the old key works on, in s. */
            grace_s?: number;
        };
        RollWebhookSecret: {
            /**
             * @description For how many hours the former secret signs beside the new one.
             * @enum {integer}
             */
            overlap_h?: 0 | 1 | 24;
        };
        /** @description The new secret, shown this once. */
        RolledSecret: {
            secret: string;
            /** @description Until when the former one signs, too; null: it signs nothing from now on. */
            former_secret_expires_at: string | null;
        };
        SaveCheckoutSettings: {
            /**
             * @description The sites that may show your checkout in a frame, as browsers write origins: `https://shop.example`, with the
             *     port where it is not the usual one. `[]`: none. null: the gateway's default, which is any page of this machine in
             *     test mode, and none otherwise. The hosted page needs none.
             */
            allowed_origins: string[] | null;
        };
        /** @description A URL, or null to be told nothing any more. */
        SaveWebhook: {
            webhook_url: string | null;
        };
        /** @description The merchant that a new stack starts with. */
        SeededMerchant: {
            id: string;
            email: string;
            api_key: string;
            /** @constant */
            seeded: true;
        };
        /** @description A bucket for each hour or day, also where nothing happened. `currencies` has those with something in them. */
        Stats: {
            /** @enum {string} */
            interval: "hour" | "day";
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            currency: string;
            currencies: string[];
            buckets: components["schemas"]["Bucket"][];
            totals: components["schemas"]["Totals"];
            /** @description Services that did not answer. */
            missing: string[];
        };
        /** @description A change of a payment: when, to what, who caused it and by what. */
        TimelineEntry: {
            /** Format: date-time */
            at: string;
            /** @description What told of it; null for a change that no event tells */
            event: string | null;
            /** @enum {string} */
            status: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
            /** @enum {string} */
            actor: "merchant" | "buyer" | "acquirer" | "gateway";
            /** @description The route that was called, what the acquirer said, which deadline passed */
            cause: string;
            /** @default null */
            refund_id: string | null;
            /**
             * @description The refund's, in minor units
             * @default null
             */
            amount: number | null;
            /** @default null */
            error_code: string | null;
            /** @default null */
            request_id: string | null;
            /** @default null */
            api_key: string | null;
            /**
             * @description Who did it at the dashboard, by email
             * @default null
             */
            user: string | null;
        };
        /** @description What a refusal says. */
        Told: {
            /** @description For programs; every code has its entry on the page that `doc_url` opens. */
            code: string;
            /** @description For people: what is wrong, and what to do. */
            description: string;
            /**
             * @description The field, parameter or header that is to blame.
             * @default null
             */
            field: string | null;
            /**
             * @description Which of several reasons for this code.
             * @default null
             */
            reason: string | null;
            /** @description The same as the header `Request-Id`: quote it when you ask for help. */
            request_id: string;
            /** @description Where the code is explained. */
            doc_url: string;
        };
        /** @description All buckets together. */
        Totals: {
            /** @description Created. */
            payments: number;
            succeeded: number;
            failed: number;
            /** @description Authorised. */
            amount_succeeded: number;
            amount_captured: number;
            /** @description Processed, reversals included. */
            refunds: number;
            amount_refunded: number;
            /** @description Attempts that were taken, whatever the currency; null when the notifier is away. */
            webhooks_ok: number | null;
            webhooks_failed: number | null;
            /** @description Of the payments that ended, from 0 to 1; null where none did. */
            success_rate: number | null;
        };
        /** @description What is sent is changed, the rest stays. */
        UpdateWebhookEndpoint: {
            url?: string;
            event_types?: ("*" | "payment.*" | "refund.*" | "webhook.*" | "webhook_endpoint.*" | "payment.created" | "payment.pending" | "payment.requires_action" | "payment.success" | "payment.failed" | "payment.captured" | "payment.canceled" | "payment.expired" | "payment.disputed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test" | "webhook_endpoint.disabled")[];
            description?: string;
            /**
             * @description Those that are named are set; null takes one away; the others stay, as do those that are sent masked as they were
             *     shown.
             */
            headers?: {
                [key: string]: string | null;
            };
            /** @description true is a new chance: why it was disabled and since when it fails is forgotten. */
            enabled?: boolean;
            rate_limit_per_s?: number | null;
            /** @constant */
            api_version?: "2026-11-01";
            /** @enum {string} */
            ordering?: "none" | "object";
            retry_gaps_s?: number[] | null;
        };
        /** @description The object an event is about; a refund's event carries its payment too. */
        WebhookData: {
            /** @default null */
            payment: components["schemas"]["PaymentSnapshot"] | null;
            /** @default null */
            refund: components["schemas"]["RefundSnapshot"] | null;
            /** @default null */
            test: components["schemas"]["WebhookTest"] | null;
            /** @default null */
            webhook_endpoint: components["schemas"]["DisabledEndpoint"] | null;
        };
        /** @description An endpoint without its secret. */
        WebhookEndpoint: {
            id: string;
            /** @description null: nothing is sent (only the default endpoint can be without one). */
            url: string | null;
            description: string;
            event_types: string[];
            /** @description Their names; what they say is masked. */
            headers: {
                [key: string]: string;
            };
            enabled: boolean;
            disabled_reason: string | null;
            disabled_at: string | null;
            /** @description The one that `PUT /api/v1/merchants/webhook` sets. */
            is_default: boolean;
            rate_limit_per_s: number | null;
            /** @constant */
            api_version: "2026-11-01";
            /** @enum {string} */
            ordering: "none" | "object";
            retry_gaps_s: number[] | null;
            /** @description The gaps that are in effect, in s. */
            schedule_s: number[];
            /** @description The first failed attempt after the last good one. */
            failing_since: string | null;
            /** @description Until when the former secret signs, too. */
            former_secret_expires_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookEndpointList: {
            data: components["schemas"]["WebhookEndpoint"][];
            total: number;
            /** @default false */
            total_capped: boolean;
            limit: number;
            offset: number;
            has_more: boolean;
            /** @default null */
            next_cursor: string | null;
        };
        /** @description The JSON body a merchant receives. */
        WebhookPayload: {
            id: string;
            /** @enum {string} */
            event: "payment.created" | "payment.pending" | "payment.requires_action" | "payment.success" | "payment.failed" | "payment.captured" | "payment.canceled" | "payment.expired" | "payment.disputed" | "refund.created" | "refund.processed" | "refund.failed" | "webhook.test" | "webhook_endpoint.disabled";
            /** @description When it happened, in whole Unix seconds. */
            timestamp: number;
            sequence: number;
            data: components["schemas"]["WebhookData"];
        };
        /** @description The new secret; the old one signs nothing from now on. */
        WebhookSecret: {
            webhook_secret: string;
        };
        /** @description Where webhooks go and what they are signed with. */
        WebhookSettings: {
            webhook_url: string | null;
            webhook_enabled: boolean;
            webhook_disabled_reason: string | null;
            webhook_disabled_at: string | null;
            webhook_failing_since: string | null;
            webhook_secret: string;
        };
        /** @description The data of a `webhook.test` event. */
        WebhookTest: {
            message: string;
        };
        /** @description The delivery of a `webhook.test` event. */
        WebhookTestAnswer: {
            id: string;
            /** @constant */
            event: "webhook.test";
            /** @constant */
            status: "pending";
            message: string;
        };
    };
    responses: {
        /** @description - `AUTHENTICATION_ERROR`: Key or secret are missing or wrong. */
        AuthenticationError: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "AUTHENTICATION_ERROR";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "AUTHENTICATION_ERROR";
                    /** @constant */
                    status?: 401;
                };
            };
        };
        /** @description - `BAD_REQUEST_ERROR`: The request can't be granted as it is. */
        BadRequestError: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "BAD_REQUEST_ERROR";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "BAD_REQUEST_ERROR";
                    /** @constant */
                    status?: 400;
                };
            };
        };
        /**
         * @description - `BAD_REQUEST_ERROR`: The request can't be granted as it is.
         *     - `INVALID_VPA`: The UPI address has not the form name@bank.
         *     - `INVALID_CARD`: A part of the card is not valid; `field` says which.
         *     - `EXPIRED_CARD`: The card's expiry has passed.
         */
        BadRequestErrorOrInvalidVpaOrInvalidCardOrExpiredCard: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "BAD_REQUEST_ERROR" | "INVALID_VPA" | "INVALID_CARD" | "EXPIRED_CARD";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "BAD_REQUEST_ERROR" | "INVALID_VPA" | "INVALID_CARD" | "EXPIRED_CARD";
                    /** @constant */
                    status?: 400;
                };
            };
        };
        /** @description - `CONFLICT`: Others are changing the same object. */
        Conflict: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "CONFLICT";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "CONFLICT";
                    /** @constant */
                    status?: 409;
                };
            };
        };
        /** @description - `IDEMPOTENCY_KEY_REUSED`: The key was used for another request within 24 hours. */
        IdempotencyKeyReused: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "IDEMPOTENCY_KEY_REUSED";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "IDEMPOTENCY_KEY_REUSED";
                    /** @constant */
                    status?: 422;
                };
            };
        };
        /** @description - `INTERNAL_ERROR`: A fault of the gateway. */
        InternalError: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "INTERNAL_ERROR";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "INTERNAL_ERROR";
                    /** @constant */
                    status?: 500;
                };
            };
        };
        /** @description - `NOT_FOUND_ERROR`: There is no such object, or it is another merchant's. */
        NotFoundError: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "NOT_FOUND_ERROR";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "NOT_FOUND_ERROR";
                    /** @constant */
                    status?: 404;
                };
            };
        };
        /**
         * @description - `OVERLOADED`: More requests wait than can be served soon.
         *     - `SERVICE_UNAVAILABLE`: Something behind the gateway is away.
         */
        OverloadedOrServiceUnavailable: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "OVERLOADED" | "SERVICE_UNAVAILABLE";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "OVERLOADED" | "SERVICE_UNAVAILABLE";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /**
         * @description - `OVERLOADED`: More requests wait than can be served soon.
         *     - `SERVICE_UNAVAILABLE`: Something behind the gateway is away.
         *     - `OUTCOME_UNKNOWN`: The answer of the database was lost while saving.
         */
        OverloadedOrServiceUnavailableOrOutcomeUnknown: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "OVERLOADED" | "SERVICE_UNAVAILABLE" | "OUTCOME_UNKNOWN";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "OVERLOADED" | "SERVICE_UNAVAILABLE" | "OUTCOME_UNKNOWN";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description - `PAYLOAD_TOO_LARGE`: The request's body is too large. */
        PayloadTooLarge: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "PAYLOAD_TOO_LARGE";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "PAYLOAD_TOO_LARGE";
                    /** @constant */
                    status?: 413;
                };
            };
        };
        /** @description - `PERMISSION_ERROR`: The key is a good one, but not for this. */
        PermissionError: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "PERMISSION_ERROR";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "PERMISSION_ERROR";
                    /** @constant */
                    status?: 403;
                };
            };
        };
        /** @description - `RATE_LIMIT_ERROR`: The key is used too often, or too many streams or exports are open. */
        RateLimitError: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "RATE_LIMIT_ERROR";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "RATE_LIMIT_ERROR";
                    /** @constant */
                    status?: 429;
                };
            };
        };
        /** @description - `REQUEST_TIMEOUT`: The request's body did not arrive in time. */
        RequestTimeout: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "REQUEST_TIMEOUT";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "REQUEST_TIMEOUT";
                    /** @constant */
                    status?: 408;
                };
            };
        };
        /** @description - `SERVICE_UNAVAILABLE`: Something behind the gateway is away. */
        ServiceUnavailable: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "SERVICE_UNAVAILABLE";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "SERVICE_UNAVAILABLE";
                    /** @constant */
                    status?: 503;
                };
            };
        };
        /** @description - `UNSUPPORTED_MEDIA_TYPE`: The body is not JSON. */
        UnsupportedMediaType: {
            headers: {
                "Request-Id": components["headers"]["Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"] & {
                    error?: {
                        /** @enum {unknown} */
                        code?: "UNSUPPORTED_MEDIA_TYPE";
                    };
                };
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    code?: "UNSUPPORTED_MEDIA_TYPE";
                    /** @constant */
                    status?: 415;
                };
            };
        };
    };
    parameters: {
        /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
        "Idempotency-Key": string;
    };
    requestBodies: never;
    headers: {
        /** @description Names this request in the logs. Send a `Request-Id` of your own and it is taken. */
        "Request-Id": string;
        /** @description This answer was given before to the same `Idempotency-Key`. */
        "Idempotent-Replayed": "true";
        /** @description Wait so long before the next try, in s. */
        "Retry-After": number;
        /** @description How to say who you are. */
        "WWW-Authenticate": string;
        /** @description How many requests a key (or a buyer's address) may send at once. */
        "RateLimit-Limit": number;
        /** @description How many of them are left now. */
        "RateLimit-Remaining": number;
        /** @description In how many seconds all of them are back. */
        "RateLimit-Reset": number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    exportOrders: {
        parameters: {
            query?: {
                /** @description Fields of the objects, separated by commas, in the file's order; unset: all there are */
                columns?: string;
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description Looks for what this looks like: an id, or see the guide */
                q?: string;
                status?: "created" | "attempted" | "paid";
                receipt?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailable"];
        };
    };
    exportPayments: {
        parameters: {
            query?: {
                /** @description Fields of the objects, separated by commas, in the file's order; unset: all there are */
                columns?: string;
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description Looks for what this looks like: an id, or see the guide */
                q?: string;
                status?: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
                method?: "upi" | "card";
                order_id?: string;
                captured?: boolean;
                refund_status?: "none" | "pending" | "partial" | "full";
                /** @description The whole UPI address */
                vpa?: string;
                /** @description A card's last four digits */
                last4?: string;
                /** @description The order's */
                receipt?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailable"];
        };
    };
    exportRefunds: {
        parameters: {
            query?: {
                /** @description Fields of the objects, separated by commas, in the file's order; unset: all there are */
                columns?: string;
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description A refund's id, or its payment's */
                q?: string;
                status?: "pending" | "processed" | "failed";
                payment_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailable"];
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description Looks for what this looks like: an id, or see the guide */
                q?: string;
                limit?: number;
                offset?: number;
                /** @description Go on after this id */
                starting_after?: string;
                /** @description The page right before this id, in the same order */
                ending_before?: string;
                status?: "created" | "attempted" | "paid";
                receipt?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateOrder"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getOrder: {
        parameters: {
            query?: {
                /** @description What to show in full, separated by commas */
                expand?: string;
            };
            header?: never;
            path: {
                /** @description The order's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getOrderPublic: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicOrder"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listPayments: {
        parameters: {
            query?: {
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description Looks for what this looks like: an id, or see the guide */
                q?: string;
                limit?: number;
                offset?: number;
                /** @description Go on after this id */
                starting_after?: string;
                /** @description The page right before this id, in the same order */
                ending_before?: string;
                status?: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
                method?: "upi" | "card";
                order_id?: string;
                captured?: boolean;
                refund_status?: "none" | "pending" | "partial" | "full";
                /** @description The whole UPI address */
                vpa?: string;
                /** @description A card's last four digits */
                last4?: string;
                /** @description The order's */
                receipt?: string;
                /** @description What to show in full, separated by commas */
                expand?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createPayment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePayment"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequestErrorOrInvalidVpaOrInvalidCardOrExpiredCard"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    listPaymentsBare: {
        parameters: {
            query?: {
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description Looks for what this looks like: an id, or see the guide */
                q?: string;
                limit?: number;
                offset?: number;
                /** @description Go on after this id */
                starting_after?: string;
                /** @description The page right before this id, in the same order */
                ending_before?: string;
                status?: "pending" | "requires_action" | "success" | "failed" | "canceled" | "expired";
                method?: "upi" | "card";
                order_id?: string;
                captured?: boolean;
                refund_status?: "none" | "pending" | "partial" | "full";
                /** @description The whole UPI address */
                vpa?: string;
                /** @description A card's last four digits */
                last4?: string;
                /** @description The order's */
                receipt?: string;
                /** @description What to show in full, separated by commas */
                expand?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payments"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getPayment: {
        parameters: {
            query?: {
                /** @description What to show in full, separated by commas */
                expand?: string;
            };
            header?: never;
            path: {
                /** @description The payment's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    capturePayment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The payment's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CapturePayment"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    cancelPayment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The payment's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoBody"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    createPaymentPublic: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PayOrder"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicPayment"];
                };
            };
            400: components["responses"]["BadRequestErrorOrInvalidVpaOrInvalidCardOrExpiredCard"];
            401: components["responses"]["AuthenticationError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getPaymentPublic: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The payment's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicPayment"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listOrderPublicPayments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicOrderPayments"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    streamOrderPublic: {
        parameters: {
            query?: {
                /** @description What `X-Api-Key` says elsewhere: a browser's EventSource sends no headers. */
                key?: string;
            };
            header?: never;
            path: {
                /** @description The order's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        id?: string;
                        event?: string;
                        data: string;
                    };
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailable"];
        };
    };
    listPaymentRefunds: {
        parameters: {
            query?: {
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description A refund's id, or its payment's */
                q?: string;
                limit?: number;
                offset?: number;
                /** @description Go on after this id */
                starting_after?: string;
                /** @description The page right before this id, in the same order */
                ending_before?: string;
                status?: "pending" | "processed" | "failed";
                payment_id?: string;
            };
            header?: never;
            path: {
                /** @description The payment's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createPaymentRefund: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The payment's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateRefund"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    listRefunds: {
        parameters: {
            query?: {
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
                /** @description In minor units, inclusive */
                amount_min?: number;
                /** @description In minor units, inclusive */
                amount_max?: number;
                currency?: string;
                /** @description The one with this id */
                id?: string;
                /** @description A refund's id, or its payment's */
                q?: string;
                limit?: number;
                offset?: number;
                /** @description Go on after this id */
                starting_after?: string;
                /** @description The page right before this id, in the same order */
                ending_before?: string;
                status?: "pending" | "processed" | "failed";
                payment_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRefund: {
        parameters: {
            query?: {
                /** @description What to show in full, separated by commas */
                expand?: string;
            };
            header?: never;
            path: {
                /** @description The refund's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Refund"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listAcquirerCalls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The payment's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcquirerCalls"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getStats: {
        parameters: {
            query: {
                /** @description The hour, or the day, of this instant is the first. */
                from: string | number;
                /** @description Exclusive; the hour, or the day, that it is in is the last. */
                to: string | number;
                /** @description Days are those of UTC. */
                interval?: "hour" | "day";
                /** @description Without it the one with the most payments. */
                currency?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getBalance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balance"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listLedgerEntries: {
        parameters: {
            query?: {
                limit?: number;
                starting_after?: string;
                ending_before?: string;
                account?: "merchant_balance" | "acquirer_receivable" | "refunds_payable" | "fees";
                currency?: string;
                payment_id?: string;
                refund_id?: string;
                event_id?: string;
                created_from?: string | number;
                created_to?: string | number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entries"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                /** @description Types separated by commas; `payment.*` names all that begin so */
                type?: string;
                /** @description What the events are about; for an order, its payments and their refunds */
                object?: string;
                /** @description A payment and its refunds */
                payment_id?: string;
                /** @description `-created_at`: the newest first; `created_at`: the oldest first */
                sort?: "-created_at" | "created_at";
                /** @description Go on after this id */
                starting_after?: string;
                /** @description The page right before this id, in the same order */
                ending_before?: string;
                /** @description Inclusive */
                created_from?: string | number;
                /** @description Exclusive */
                created_to?: string | number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getStream: {
        parameters: {
            query?: {
                /** @description Go on after this position; 0 starts with the first event of all */
                after?: number;
                /** @description Types separated by commas; `payment.*` names all that begin so */
                types?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        id?: string;
                        event?: string;
                        data: string;
                    };
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailable"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                status?: "pending" | "success" | "failed";
                event?: string;
                /** @description Those to this endpoint */
                webhook_endpoint_id?: string;
                /** @description Those that failed for this reason */
                failure_reason?: "exhausted" | "gone" | "endpoint_disabled" | "endpoint_deleted";
                /** @description A payment's and its refunds' */
                payment_id?: string;
                /** @description Those of this event, one for each endpoint */
                event_id?: string;
                /** @description Go on after this id, towards older ones */
                starting_after?: string;
                /** @description The page right before this id, newest first too */
                ending_before?: string;
                /** @description Included; a date is its first instant */
                created_from?: string | number;
                /** @description Not included; a date is its first instant */
                created_to?: string | number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The delivery's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetail"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    retryWebhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetryMany"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryManyAnswer"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    retryWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The delivery's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retry"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    resendEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The event's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ResendEvent"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resend"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getMerchantsProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateMerchantsWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveWebhook"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSettings"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    updateWebhooksConfig: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveWebhook"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSettings"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    regenerateSecretMerchantsWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    regenerateSecretWebhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    regenerateWebhooksSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    testMerchantsWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTestAnswer"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    testWebhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTestAnswer"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookEndpoint"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhookEndpoint"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedWebhookEndpoint"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    updateWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateWebhookEndpoint"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    rollSecretWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The endpoint's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RollWebhookSecret"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolledSecret"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    testWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The endpoint's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTestAnswer"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    listCheckoutSessions: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                order_id?: string;
                /** @description Go on after this id, towards older ones */
                starting_after?: string;
                /** @description The page right before this id, newest first too */
                ending_before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSessionList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createCheckoutSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCheckoutSession"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSession"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getCheckoutSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The checkout session's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSession"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    expireCheckoutSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The checkout session's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSession"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getCheckoutSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSettings"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateCheckoutSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveCheckoutSettings"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSettings"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    listRequestLogs: {
        parameters: {
            query?: {
                limit?: number;
                /** @description Go on after this id, towards older ones. */
                starting_after?: string;
                /** @description What the answers were: `4xx` shows what was refused. */
                status_class?: "2xx" | "3xx" | "4xx" | "5xx";
                method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
                /** @description As the reference writes it: `/api/v1/payments/{id}`. */
                route?: string;
                /** @description Whether an API key asked or who was signed in at the dashboard, whose pages read a lot. */
                by?: "key" | "user";
                /** @description The public part of the key that was sent. */
                api_key?: string;
                /** @description The email of who was signed in at the dashboard. */
                user?: string;
                request_id?: string;
                error_code?: string;
                /** @description Inclusive. */
                created_from?: string | number;
                /** @description Exclusive. */
                created_to?: string | number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Requests"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyList"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKey"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id: its public part. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id: its public part. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    updateApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's id: its public part. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RenameApiKey"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    rollApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The key's id: its public part. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RollApiKey"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            404: components["responses"]["NotFoundError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getAudit: {
        parameters: {
            query?: {
                wait_s?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Audit"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailable"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            500: components["responses"]["InternalError"];
            /** @description OK */
            503: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getTestMerchant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeededMerchant"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTestJobsStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jobs"];
                };
            };
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queues"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            403: components["responses"]["PermissionError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listMerchants: {
        parameters: {
            query?: {
                limit?: number;
                /** @description Go on after this id */
                starting_after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Merchants"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createMerchant: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. The same key with another request is refused with 422. */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateMerchant"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewMerchant"];
                };
            };
            400: components["responses"]["BadRequestError"];
            401: components["responses"]["AuthenticationError"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["OverloadedOrServiceUnavailableOrOutcomeUnknown"];
        };
    };
    getMerchant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The merchant's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "Request-Id": components["headers"]["Request-Id"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Merchant"];
                };
            };
            401: components["responses"]["AuthenticationError"];
            404: components["responses"]["NotFoundError"];
            429: components["responses"]["RateLimitError"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onPaymentCreated: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.created";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentPending: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.pending";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentRequires_action: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.requires_action";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentSuccess: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.success";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentFailed: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.failed";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentCaptured: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.captured";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentCanceled: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.canceled";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentExpired: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.expired";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onPaymentDisputed: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "payment.disputed";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRefundCreated: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "refund.created";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRefundProcessed: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "refund.processed";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onRefundFailed: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "refund.failed";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onWebhookTest: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "webhook.test";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onWebhook_endpointDisabled: {
        parameters: {
            query?: never;
            header: {
                /** @description Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret. */
                "X-Webhook-Signature": string;
                /** @description Standard Webhooks: the event's id, the same in every attempt. Act once per id. */
                "webhook-id": string;
                /** @description Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old. */
                "webhook-timestamp": string;
                /** @description Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64). */
                "webhook-signature": string;
                /** @description The form of the body: the version that the endpoint is pinned to. */
                "Paygate-Version": string;
                /** @description What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good after a roll. */
                "X-Webhook-Signature-Former"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookPayload"] & {
                    /** @constant */
                    event?: "webhook_endpoint.disabled";
                };
            };
        };
        responses: {
            /** @description The endpoint is gone: it is disabled and told nothing any more. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Received. What the body says does not matter. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not followed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
