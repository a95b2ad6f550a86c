/** The SDK for a script tag: sets `window.PaymentGateway`. A second tag changes nothing. */

import { PaymentGateway } from "./gateway.ts";

window.PaymentGateway ??= PaymentGateway;
