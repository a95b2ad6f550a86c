/** The protocol between a shop's page and the checkout in its frame. */

export { isAllowedOrigin } from "./origins.ts";
export { awaitParent, type Parent, type PlainType, parentOrigin, tellPlainly } from "./page.ts";
export {
  type ConnectOptions,
  connect,
  envelope,
  type Failure,
  FROM_PAGE,
  FROM_PARENT,
  type FromPage,
  type FromParent,
  type Message,
  type Prefill,
  readConnect,
  readMessage,
  type Success,
  type Theme,
  VERSION,
} from "./protocol.ts";
export { type Check, count, flag, object, oneOf, optional, text } from "./shapes.ts";
