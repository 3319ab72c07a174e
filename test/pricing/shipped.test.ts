import { calcPrice, waitForUpdate } from "@pydantic/genai-prices";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PRESETS } from "../../src/backends/clouds.ts";
import { answerTokens, promptTokens, type Usage } from "../../src/core/usage.ts";
import { createShippedCost } from "../../src/pricing/shipped.ts";

/** The same, worked out by the data's own library, which looks everything up each time. */
function libraryCost(url: string, model: string, usage: Usage, at: number): number | undefined {
  const [prompt, answer] = [promptTokens(usage), answerTokens(usage)];
  try {
    const priced = calcPrice(
      {
        input_tokens: prompt,
        cache_read_tokens: usage.cacheRead,
        cache_write_tokens: usage.cacheWrite,
        output_tokens: answer,
        output_reasoning_tokens: usage.reasoning,
      },
      model,
      { providerApiUrl: new URL(url).origin, timestamp: new Date(at) },
    );
    if (priced === null) return undefined;
    const { model: entry, model_price: price, total_price: usd } = priced;
    // An entry without rates says nothing, unless it is called free.
    if (Object.keys(price).length === 0) return entry.id.endsWith(":free") ? usd : undefined;
    const input = prompt === 0 || price["input_mtok"] !== undefined;
    const output = answer === 0 || price["output_mtok"] !== undefined;
    return input && output ? usd : undefined;
  } catch {
    return undefined;
  }
}

const providers = (await waitForUpdate()) ?? [];

/** Every model that the data have for a cloud that nexus knows, and one that they do not have. */
const priced = Object.values(PRESETS).flatMap(({ record: { url } }) =>
  providers
    .filter(({ api_pattern: pattern }) => new RegExp(`^(?:${pattern})`).test(new URL(url).origin))
    .flatMap(({ models }) => [...models, { id: "nobody-has-it", prices: {} }])
    .map(({ id, prices }) => ({ url, model: id, prices })),
);
const moments = fc.oneof(
  fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) }),
  // Where prices begin and end.
  fc
    .tuple(fc.integer({ min: Date.UTC(2025, 0) / 1_800_000, max: Date.UTC(2027, 6) / 1_800_000 }), fc.nat(2))
    .map(([halfHour, more]) => halfHour * 1_800_000 + more - 1),
);
const tokens = fc.oneof(fc.constant(0), fc.nat(10_000), fc.nat(2_000_000));
const usages = fc.record({
  input: tokens,
  cacheRead: tokens,
  cacheWrite: tokens,
  output: tokens,
  reasoning: tokens,
  estimated: fc.boolean(),
});

test("A001-36 a price that is kept in mind comes to what the library works out anew, at any time and length", async () => {
  const costOf = createShippedCost();
  expect(priced.length).toBeGreaterThan(300);
  const dependOnTime = priced.filter(({ prices }) => Array.isArray(prices));
  const some = fc.oneof(fc.constantFrom(...priced), fc.constantFrom(...dependOnTime));
  await fc.assert(
    fc.asyncProperty(some, usages, moments, moments, async ({ url, model }, usage, at, later) => {
      for (const moment of [at, later, at]) {
        const expected = libraryCost(url, model, usage, moment);
        const cost = await costOf(url, model, usage, moment);
        if (expected === undefined || cost === undefined) expect(cost, model).toBe(expected);
        else expect(Math.abs(cost - expected), model).toBeLessThanOrEqual(1e-12 * expected);
      }
    }),
    { numRuns: 3_000 },
  );
}, 60_000);
