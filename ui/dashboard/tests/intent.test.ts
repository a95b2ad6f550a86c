/** Keys of intentions: the same thing again has the same key, and another thing has another. */

import { expect, it } from "vitest";
import { ApiProblem } from "../src/api/problem.ts";
import { intentAbout, intentFor, outlives } from "../src/intent.ts";

it("the same body keeps its key, another body gets its own", () => {
  let made = 0;
  const make = () => `key ${++made}`;
  const first = intentFor(null, { amount: 100 }, make);
  expect(intentFor(first, { amount: 100 }, make)).toBe(first);
  expect(intentFor(first, { amount: 200 }, make).key).toBe("key 2");
  expect(intentFor(null, undefined, make).key).toBe("key 3");
});

it("a dialog that is opened again asks with the key of the one that was closed, until the answer has come", () => {
  let made = 0;
  const dialog = () => intentAbout("refund pay_1", () => `key ${++made}`);
  const closed = dialog();
  expect(closed.keyFor({ amount: 100 })).toBe("key 1");
  expect(dialog().keyFor({ amount: 100 })).toBe("key 1");
  closed.settle(new ApiProblem(503, "OUTCOME_UNKNOWN", ""));
  expect(dialog().keyFor({ amount: 100 })).toBe("key 1");
  closed.settle();
  expect(dialog().keyFor({ amount: 100 })).toBe("key 2");
});

it("what is about another payment has a key of its own", () => {
  const [first, second] = ["pay_2", "pay_3"].map((id) => intentAbout(`refund ${id}`).keyFor({ amount: 100 }));
  expect(first).not.toBe(second);
});

it.each([
  [new ApiProblem(0, "NO_CONNECTION", ""), true],
  [new ApiProblem(503, "OUTCOME_UNKNOWN", ""), true],
  [new ApiProblem(429, "RATE_LIMIT_ERROR", ""), true],
  [new ApiProblem(400, "BAD_REQUEST_ERROR", ""), false],
  [new ApiProblem(403, "PERMISSION_ERROR", ""), false],
])("after %o the intention lives on: %s", (error, lives) => {
  expect(outlives(error)).toBe(lives);
});
