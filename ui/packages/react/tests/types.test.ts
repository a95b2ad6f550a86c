/** What is published as types is what the code is. */

import { expectTypeOf, test } from "vitest";
import type * as Declared from "../index";
import * as Code from "../src/index.tsx";

test("hook and button are the declared ones", () => {
  expectTypeOf(Code.usePaymentGateway).toEqualTypeOf<typeof Declared.usePaymentGateway>();
  expectTypeOf(Code.PayButton).toEqualTypeOf<typeof Declared.PayButton>();
});

test("a button takes what a button of HTML does, but no handler for the click", () => {
  expectTypeOf<Declared.PayButtonProps>().toHaveProperty("className");
  expectTypeOf<Declared.PayButtonProps>().not.toHaveProperty("onClick");
});
