import { describe, expect, it } from "vitest";
import { fillPage } from "../../bench/proxy/page.mjs";
import { describeResult, holdsFloors } from "../../bench/proxy/report.mjs";
import { ratio, verdictOf } from "../../bench/proxy/verdict.mjs";

describe("a verdict", () => {
  it.each([
    { value: 1.1, verdict: "GOAL" },
    { value: 1.11, verdict: "PASS" },
    { value: 1.5, verdict: "PASS" },
    { value: 1.51, verdict: "MISS" },
    { value: Number.NaN, verdict: "not measured" },
  ])("of $value, where less is better, is $verdict", ({ value, verdict }) => {
    expect(verdictOf({ value, floor: 1.5, goal: 1.1 })).toBe(verdict);
  });

  it.each([
    { value: 0.95, verdict: "GOAL" },
    { value: 0.7, verdict: "PASS" },
    { value: 0.69, verdict: "MISS" },
  ])("of $value, where more is better, is $verdict", ({ value, verdict }) => {
    expect(verdictOf({ value, floor: 0.7, goal: 0.95, better: "more" })).toBe(verdict);
  });

  it("is no GOAL where there is none", () => {
    expect(verdictOf({ value: 1, floor: 100 })).toBe("PASS");
  });
});

describe("a ratio", () => {
  const figures = new Map([
    ["nexus", { cpuUs: 30 }],
    ["nginx", { cpuUs: 20 }],
  ]);

  it("is of one peer to another", () => {
    expect(ratio(figures, "nexus", "nginx", "cpuUs")).toBe(1.5);
  });

  it("is not a number when a peer was left out", () => {
    expect(ratio(figures, "nexus", "portkey", "cpuUs")).toBeNaN();
  });
});

describe("a result", () => {
  const check = { what: "CPU, × nginx", value: 1.5, floor: 2, goal: 1.4 };
  const result = { columns: ["", "CPU µs"], rows: [["nginx", "20"]], checks: [check] };

  it("is told as a table of figures and one of verdicts", () => {
    expect(describeResult(result)).toBe(`|       | CPU µs |
| ----- | -----: |
| nginx |     20 |

| nexus        | measured | floor | goal | verdict |
| ------------ | -------: | ----: | ---: | ------: |
| CPU, × nginx |     1.50 |     2 | 1.40 |    PASS |
`);
  });

  it("holds its floors unless a check misses one; what was not measured misses none", () => {
    const missed = { ...check, value: 2.5 };
    expect(holdsFloors(result)).toBe(true);
    expect(holdsFloors({ ...result, checks: [check, missed] })).toBe(false);
    expect(holdsFloors({ ...result, checks: [{ ...check, value: Number.NaN }] })).toBe(true);
  });
});

describe("a page of figures", () => {
  it("gets the section that was measured, and keeps the rest", () => {
    const page =
      "a\n<!-- measured: sse -->\nold\n<!-- end -->\nb\n<!-- measured: other -->\nkept\n<!-- end -->\n";
    expect(fillPage(page, "sse", "new")).toBe(
      "a\n<!-- measured: sse -->\n\nnew\n\n<!-- end -->\nb\n<!-- measured: other -->\nkept\n<!-- end -->\n",
    );
  });

  it("has to have a place for it", () => {
    expect(() => fillPage("", "sse", "new")).toThrow("no place for sse");
  });
});
