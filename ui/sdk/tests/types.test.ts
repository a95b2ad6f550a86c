/** What is published as types is what the code is. A type that does not fit is found by the compiler. */

import type { FromPage, Prefill as MessagePrefill, Theme as MessageTheme } from "@paygate/messages";
import { expectTypeOf, test } from "vitest";
import type {
  PaymentGateway as Declared,
  PaymentFailure,
  PaymentGatewayEvents,
  PaymentGatewayOptions,
  PaymentSuccess,
  PendingCheckout,
  Prefill,
  Theme,
} from "../checkout";
import { PaymentGateway } from "../src/index.ts";

test("the class is the declared one", () => {
  expectTypeOf(PaymentGateway).toExtend<typeof Declared>();
  expectTypeOf<typeof Declared>().constructorParameters.toEqualTypeOf<[options: PaymentGatewayOptions]>();
  expectTypeOf(PaymentGateway.pending).returns.toEqualTypeOf<PendingCheckout | null>();
});

test("what a shop is told is what the page says", () => {
  expectTypeOf<PaymentSuccess>().toEqualTypeOf<FromPage["payment_success"]>();
  expectTypeOf<PaymentFailure>().toEqualTypeOf<FromPage["payment_failed"]>();
  expectTypeOf<Theme>().toEqualTypeOf<MessageTheme>();
  expectTypeOf<Prefill>().toEqualTypeOf<MessagePrefill>();
});

test("handlers are known by their event", () => {
  const gateway = {} as Declared;
  expectTypeOf(gateway.on<"success">)
    .parameter(1)
    .toEqualTypeOf<((told: PaymentSuccess) => void) | undefined>();
  expectTypeOf<keyof PaymentGatewayEvents>().toEqualTypeOf<
    "ready" | "processing" | "success" | "failure" | "close"
  >();
  // @ts-expect-error there is no such event
  expectTypeOf(gateway.on).toBeCallableWith("paid", () => {});
  expectTypeOf(gateway.close).returns.toEqualTypeOf<boolean>();
});

test("key and order are needed, and nothing else", () => {
  expectTypeOf<{ key: string; orderId: string }>().toExtend<PaymentGatewayOptions>();
  expectTypeOf<{ key: string }>().not.toExtend<PaymentGatewayOptions>();
  expectTypeOf<{ key: string; orderId: string; theme: "pink" }>().not.toExtend<PaymentGatewayOptions>();
});
