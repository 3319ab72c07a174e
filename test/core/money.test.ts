import { expect, it } from "vitest";
import { formatUsd, plainUsd } from "../../src/core/money.ts";

it.each([
  [0, "$0"],
  [0.000_000_02, "$0.0001"],
  [0.000_14, "$0.0001"],
  [0.025, "$0.0250"],
  [0.4, "$0.4000"],
  [1, "$1.00"],
  [12.345_6, "$12.35"],
  [1234.5, "$1234.50"],
])("A001-15 %d USD is shown as %s", (usd, shown) => {
  expect(formatUsd(usd)).toBe(shown);
});

it("a script gets no noise of binary fractions, and no small cost as 0", () => {
  expect(plainUsd(0.1 + 0.2)).toBe(0.3);
  expect(plainUsd(3e-15)).toBe(3e-15);
});
