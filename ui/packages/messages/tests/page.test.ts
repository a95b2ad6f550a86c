/** The page's end of the line: whom it accepts, whom it answers. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  awaitParent,
  connect,
  envelope,
  type FromParent,
  type Message,
  type Parent,
  parentOrigin,
  tellPlainly,
} from "../src/index.ts";

const SHOP = "https://shop.example";
const ALLOWED = [SHOP];
const HELLO = connect({ container: false, theme: "dark" });

/** A window that stands in for the shop's page. */
const shop = { postMessage: vi.fn() } as unknown as Window;

let parents: Parent[];
let heard: Array<Message<FromParent>>;
let stop: () => void;
let ports: MessagePort[];

beforeEach(() => {
  [parents, heard, ports] = [[], [], []];
  vi.spyOn(window, "parent", "get").mockReturnValue(shop);
  vi.mocked(shop.postMessage).mockClear();
  stop = awaitParent(
    window,
    ALLOWED,
    (parent) => parents.push(parent),
    (message) => heard.push(message),
  );
});

afterEach(() => {
  stop();
  for (const port of ports) {
    port.close();
  }
  vi.restoreAllMocks();
});

/** A message to the page's window, as a browser would deliver it. The answer is the sender's end of the line. */
function arrives(data: unknown, origin: string, source: unknown, withPort = true): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const event = new Event("message");
  Object.assign(event, { data, origin, source, ports: withPort ? [port2] : [] });
  window.dispatchEvent(event);
  return port1;
}

/** The next `count` messages on a port. */
function next(port: MessagePort, count: number): Promise<unknown[]> {
  const got: unknown[] = [];
  return new Promise((resolve) => {
    port.onmessage = ({ data }) => {
      got.push(data);
      if (got.length === count) {
        resolve(got);
      }
    };
  });
}

describe("a page that waits for its parent", () => {
  test("accepts the one that is allowed, says so, and hears it", async () => {
    const port = arrives(HELLO, SHOP, shop);
    expect(parents.map(({ origin, options }) => ({ origin, options }))).toEqual([
      { origin: SHOP, options: { container: false, theme: "dark" } },
    ]);
    const answers = next(port, 2);
    port.postMessage(envelope<FromParent>({ type: "close_requested", data: {} }));
    expect(await answers).toEqual([
      { v: 1, type: "ready", data: {} },
      { v: 1, type: "heard", data: {} },
    ]);
    expect(heard).toEqual([{ type: "close_requested", data: {} }]);
  });

  test.each([
    ["a foreign origin", HELLO, "https://evil.test", shop],
    ["a lookalike", HELLO, "https://shop.example.evil.test", shop],
    ["no origin", HELLO, "null", shop],
    ["an empty origin", HELLO, "", shop],
    ["the right origin from another window", HELLO, SHOP, {}],
    ["the right origin from no window", HELLO, SHOP, null],
    ["the page itself", HELLO, SHOP, window],
    ["what is no connect", { paygate: 1, type: "hello" }, SHOP, shop],
    ["text", JSON.stringify(HELLO), SHOP, shop],
    ["something huge", { ...(HELLO as object), more: "x".repeat(10_000_000) }, SHOP, shop],
  ])("ignores %s, and is still there for the right one", async (_, data, origin, source) => {
    arrives(data, origin, source);
    expect(parents).toEqual([]);
    arrives(HELLO, SHOP, shop);
    expect(parents).toHaveLength(1);
  });

  test("ignores a connect that brings no port", () => {
    arrives(HELLO, SHOP, shop, false);
    expect(parents).toEqual([]);
  });

  test("ignores a connect that is said again, also by the same parent", () => {
    arrives(HELLO, SHOP, shop);
    const replayed = arrives(HELLO, SHOP, shop);
    expect(parents).toHaveLength(1);
    const answer = vi.fn();
    replayed.onmessage = answer;
    replayed.postMessage(envelope<FromParent>({ type: "close_requested", data: {} }));
    expect(answer).not.toHaveBeenCalled();
    expect(heard).toEqual([]);
  });

  test("does not answer what is no message", async () => {
    const port = arrives(HELLO, SHOP, shop);
    const answers = next(port, 2);
    port.postMessage({ v: 1, type: "close_requested", data: { force: true } });
    port.postMessage("close_requested");
    port.postMessage(envelope<FromParent>({ type: "update", data: { locale: "ar" } }));
    expect(await answers).toHaveLength(2);
    expect(heard).toEqual([{ type: "update", data: { locale: "ar" } }]);
  });

  test("accepts nobody once it has stopped waiting", () => {
    stop();
    arrives(HELLO, SHOP, shop);
    expect(parents).toEqual([]);
  });
});

describe("clients without the SDK", () => {
  const success = {
    type: "payment_success",
    data: { paymentId: "pay_1", orderId: "order_1", signature: "ab" },
  } as const;

  const embeddedBy = (ancestors: string[] | undefined, referrer = ""): void => {
    vi.spyOn(window, "location", "get").mockReturnValue({
      ancestorOrigins: ancestors,
    } as unknown as Location);
    vi.spyOn(document, "referrer", "get").mockReturnValue(referrer);
  };

  test("are told at the origin of the handshake", () => {
    tellPlainly(window, ALLOWED, SHOP, success);
    expect(shop.postMessage).toHaveBeenCalledExactlyOnceWith(success, SHOP);
  });

  test("are told where the browser says that they are, if that is allowed", () => {
    embeddedBy([SHOP]);
    tellPlainly(window, ALLOWED, null, success);
    expect(shop.postMessage).toHaveBeenCalledExactlyOnceWith(success, SHOP);
  });

  test("are told by the referrer where the browser has nothing else", () => {
    embeddedBy(undefined, `${SHOP}/`);
    tellPlainly(window, ALLOWED, null, success);
    expect(shop.postMessage).toHaveBeenCalledExactlyOnceWith(success, SHOP);
  });

  test.each([
    ["a stranger", ["https://evil.test"], ""],
    ["a stranger with an allowed referrer", ["https://evil.test"], `${SHOP}/`],
    ["a page of no origin", ["null"], ""],
    ["a stranger by its referrer", undefined, "https://evil.test/"],
    ["nobody", undefined, ""],
  ])("%s is told nothing", (_, ancestors, referrer) => {
    embeddedBy(ancestors, referrer);
    expect(parentOrigin(window, ALLOWED)).toBeNull();
    tellPlainly(window, ALLOWED, null, success);
    expect(shop.postMessage).not.toHaveBeenCalled();
  });

  test("a page that nobody embeds tells nobody", () => {
    vi.spyOn(window, "parent", "get").mockReturnValue(window);
    const post = vi.spyOn(window, "postMessage");
    tellPlainly(window, ALLOWED, SHOP, success);
    expect(post).not.toHaveBeenCalled();
  });
});
