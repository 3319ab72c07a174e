import type { ModelPrice } from "@pydantic/genai-prices";
import { answerTokens, promptTokens, type Usage } from "../core/usage.ts";

/**
 * USD by an entry of the shipped price data: a rate for a million tokens of a kind, or several for prompts of different
 * lengths. Undefined when these tokens have no price. An entry without any is that of a free model.
 */
export function costBy(price: ModelPrice, usage: Usage): number | undefined {
  const { input, cacheRead, cacheWrite, output, reasoning } = usage;
  if (![input, cacheRead, cacheWrite, output, reasoning].every((tokens) => tokens >= 0)) return undefined;
  const prompt = promptTokens(usage);
  const rate = (key: string) => rateAt(price[key], prompt);
  const [inputRate, outputRate] = [rate("input_mtok"), rate("output_mtok")];
  if (Object.keys(price).length > 0) {
    if (prompt > 0 && inputRate === undefined) return undefined;
    if (answerTokens(usage) > 0 && outputRate === undefined) return undefined;
  }
  const tokens =
    input * (inputRate ?? 0) +
    cacheRead * (rate("cache_read_mtok") ?? inputRate ?? 0) +
    cacheWrite * (rate("cache_write_mtok") ?? inputRate ?? 0) +
    output * (outputRate ?? 0) +
    reasoning * (rate("output_reasoning_mtok") ?? outputRate ?? 0);
  return tokens / 1e6 + (rate("requests_kcount") ?? 0) / 1e3;
}

/** The rate for a prompt of this length. */
function rateAt(rate: ModelPrice[string], prompt: number): number | undefined {
  if (rate === undefined || typeof rate === "number") return rate;
  const reached = rate.tiers.filter(({ start }) => prompt > start);
  return reached.reduce((last, tier) => (tier.start >= last.start ? tier : last), {
    start: 0,
    price: rate.base,
  }).price;
}
