import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PriceTable } from "../../src/core/money.ts";
import type { Usage } from "../../src/core/usage.ts";
import { costAt } from "../../src/pricing/configured.ts";
import { createCostOf } from "../../src/pricing/cost-of.ts";
import { backend } from "../support/run-engine.ts";

const usage = (over: Partial<Usage>): Usage => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
  ...over,
});
const thousand = usage({ input: 1000, output: 500 });

const rate = fc.double({ min: 0, max: 10, noNaN: true });
const price = fc.record({ input: rate, output: rate, cachedInput: rate, cacheWrite: rate });
const count = fc.nat({ max: 10_000_000 });
const counts = fc
  .record({ input: count, cacheRead: count, cacheWrite: count, output: count, reasoning: count })
  .map(usage);

describe("a configured price", () => {
  test.each([
    ["A001-16 input and output", { input: 0.01, output: 0.03 }, thousand, 0.025],
    ["reasoning counts as output", { input: 0, output: 1 }, usage({ output: 100, reasoning: 900 }), 1],
    ["A001-36 cached apart", { input: 1, output: 1, cachedInput: 0.1 }, usage({ cacheRead: 1000 }), 0.1],
    ["cached as input where no rate is stated", { input: 1, output: 1 }, usage({ cacheRead: 1000 }), 1],
    ["cache writes apart", { input: 1, output: 1, cacheWrite: 1.25 }, usage({ cacheWrite: 1000 }), 1.25],
    [
      "cache writes as input where no rate is stated",
      { input: 1, output: 1 },
      usage({ cacheWrite: 500 }),
      0.5,
    ],
    ["free", { input: 0, output: 0 }, thousand, 0],
    ["X-08 a rate that is missing and needed", { input: 1 }, thousand, undefined],
    ["a rate that is missing and not needed", { input: 1 }, usage({ input: 1000 }), 1],
  ])("%s", (_name, stated, used, usd) => {
    const cost = costAt(stated, used);
    if (usd === undefined) expect(cost).toBeUndefined();
    else expect(cost).toBeCloseTo(usd, 12);
  });

  test("A001-36 is never negative, linear in the tokens, and the sum over the buckets", () => {
    fc.assert(
      fc.property(price, counts, fc.integer({ min: 0, max: 50 }), (stated, used, times) => {
        const cost = (some: Usage) => costAt(stated, some) ?? Number.NaN;
        const whole = cost(used);
        const { input, cacheRead, cacheWrite, output, reasoning } = used;
        const buckets = [{ input }, { cacheRead }, { cacheWrite }, { output }, { reasoning }];
        const more = usage({
          input: input * times,
          cacheRead: cacheRead * times,
          cacheWrite: cacheWrite * times,
          output: output * times,
          reasoning: reasoning * times,
        });
        const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, a, b);
        expect(whole).toBeGreaterThanOrEqual(0);
        expect(near(cost(more), whole * times)).toBe(true);
        expect(
          near(
            whole,
            buckets.reduce((sum, bucket) => sum + cost(usage(bucket)), 0),
          ),
        ).toBe(true);
      }),
    );
  });
});

const NOW = Date.UTC(2026, 0, 15, 12);
const priced = (over: Parameters<typeof backend>[1], model: string, table: PriceTable = new Map()) =>
  createCostOf(table, () => NOW)(backend("box", over), model, thousand);

describe("whose price it is", () => {
  const table: PriceTable = new Map([
    ["box", new Map([["m", { input: 1, output: 0 }]])],
    [
      "generic",
      new Map([
        ["m", { input: 2, output: 0 }],
        ["n", { input: 3, output: 0 }],
      ]),
    ],
    ["openai", new Map([["gpt-4o", { input: 4, output: 0 }]])],
  ]);

  test("A001-15 the backend's name wins over its type, the type over the shipped data", async () => {
    expect(await priced({}, "m", table)).toBe(1);
    expect(await priced({}, "n", table)).toBe(3);
    expect(await priced({ type: "openai", url: "https://api.openai.com/v1" }, "gpt-4o", table)).toBe(4);
  });

  test("a model is found by its exact id only", async () => {
    expect(await priced({}, "M", table)).toBeUndefined();
    expect(await priced({}, "m-2024-08-06", table)).toBeUndefined();
  });
});

const openai = { type: "openai", url: "https://api.openai.com/v1" } as const;

describe("the shipped price data", () => {
  test.each([
    [openai.url, "gpt-4o", 0.0075],
    [openai.url, "gpt-4o-2024-08-06", 0.0075],
    ["https://api.anthropic.com/v1", "claude-sonnet-4-5-20250929", 0.0105],
    ["https://generativelanguage.googleapis.com/v1beta/openai", "gemini-2.5-flash", 0.00155],
    ["https://openrouter.ai/api/v1", "openai/gpt-4o", 0.0075],
  ])("A001-15 %s: 1000 tokens to %s and 500 back", async (url, model, usd) => {
    expect(await priced({ type: "openai", url }, model)).toBeCloseTo(usd, 12);
  });

  test("A001-36 cached tokens are priced apart, once", async () => {
    const costOf = createCostOf(new Map(), () => NOW);
    const cached = usage({ input: 400, cacheRead: 600 });
    expect(await costOf(backend("o", openai), "gpt-4o", cached)).toBeCloseTo(0.00175, 12);
  });

  test("a long prompt has the price of its tier", async () => {
    const costOf = createCostOf(new Map(), () => NOW);
    const claude = backend("a", { type: "anthropic", url: "https://api.anthropic.com/v1" });
    const long = usage({ input: 200_000, cacheRead: 1000 });
    expect(await costOf(claude, "claude-sonnet-4-5", long)).toBeCloseTo(1.2006, 12);
  });

  test("a free model costs 0, and that is known", async () => {
    expect(
      await priced({ type: "openai", url: "https://openrouter.ai/api/v1" }, "deepseek/deepseek-r1:free"),
    ).toBe(0);
  });

  test.each([
    ["a model the data do not have", openai, "gpt-4o-nonsense"],
    ["a model the data have without a price", openai, "moderation"],
    ["a model the data price for input alone", openai, "text-embedding-3-small"],
    ["a cloud type at an address of its own", { type: "openai", url: "https://proxy.example/v1" }, "gpt-4o"],
    [
      "a name that begins like a cloud's",
      { type: "openai", url: "https://api.openai.com.example/v1" },
      "gpt-4o",
    ],
    ["a local server with a cloud's model name", {}, "gpt-4o"],
    ["a cloud the data do not have", { type: "openai", url: "https://ollama.com/v1" }, "gpt-oss:120b"],
  ] as const)("X-08 no price: %s", async (_why, over, model) => {
    expect(await priced(over, model)).toBeUndefined();
  });

  test("A001-36 never negative, never below what fewer tokens cost, whatever was counted", async () => {
    const costOf = createCostOf(new Map(), () => NOW);
    const to = backend("o", openai);
    await fc.assert(
      fc.asyncProperty(counts, count, async (used, extra) => {
        const cost = (await costOf(to, "gpt-4o", used)) ?? -1;
        const more = (await costOf(to, "gpt-4o", { ...used, output: used.output + extra })) ?? -1;
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(more).toBeGreaterThanOrEqual(cost);
      }),
    );
  });
});
