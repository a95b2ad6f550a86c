/** The SDK for bundlers. */

export { PaymentGateway } from "./gateway.ts";
