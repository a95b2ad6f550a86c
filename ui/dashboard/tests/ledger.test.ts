/** Running sums of the ledger, from its end backwards. */

import { expect, it } from "vitest";
import { canRun, closingOf, paymentProblem, readLedger, runningAfter } from "../src/features/balance/list.ts";

const BALANCE = { currency: "INR", available: 700, refunds_pending: 200, receivable: 1000, fees: 100 };

it("sums can be told unless newer entries were left out", () => {
  expect(canRun({ account: "fees", currency: "INR", period: "24h", from: "2026-11-26" })).toBe(true);
  expect(canRun({ after: "le_1" })).toBe(false);
  expect(canRun({ to: "2026-11-26" })).toBe(false);
  expect(canRun({ payment_id: "pay_0VxKb4M9sJq2NnBv" })).toBe(false);
});

it("each entry shows what its account came to with it, newest first", () => {
  const entry = (id: string, account: string, amount: number) => ({ id, account, currency: "INR", amount });
  const entries = [
    entry("4", "merchant_balance", 200),
    entry("3", "refunds_payable", -200),
    entry("2", "merchant_balance", -900),
    entry("1", "acquirer_receivable", 1000),
    entry("0", "elsewhere", 5),
  ];
  expect([...runningAfter(entries, closingOf([BALANCE]))]).toEqual([
    ["4", 700],
    ["3", 200],
    ["2", 900],
    ["1", 1000],
  ]);
});

it("an address names accounts that there are, and whole ids", () => {
  expect(readLedger({ account: "fees", payment_id: "pay_1", sort: "created_at" })).toEqual({
    account: "fees",
  });
  expect(paymentProblem("pay_0VxKb4M9sJq2NnBv")).toBeNull();
  expect(paymentProblem("4242")).not.toBeNull();
});
