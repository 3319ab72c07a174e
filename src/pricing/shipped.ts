import type { PriceCalculationResult } from "@pydantic/genai-prices";
import { presetAt } from "../backends/clouds.ts";
import { answerTokens, promptTokens, type Usage } from "../core/usage.ts";

/**
 * USD by the shipped price data. Undefined for a model they do not have, and for every address that is not a known cloud's:
 * what stands behind another one has prices of its own, whatever its models are called.
 */
export async function shippedCost(
  url: string,
  model: string,
  usage: Usage,
  at: Date,
): Promise<number | undefined> {
  const { origin } = new URL(url);
  if (presetAt(origin) === undefined) return undefined;
  // Two thirds of a megabyte: loaded for the first answer that needs them.
  const { calcPrice } = await import("@pydantic/genai-prices");
  try {
    const priced = calcPrice(
      {
        input_tokens: promptTokens(usage),
        cache_read_tokens: usage.cacheRead,
        cache_write_tokens: usage.cacheWrite,
        output_tokens: answerTokens(usage),
        output_reasoning_tokens: usage.reasoning,
      },
      model,
      { providerApiUrl: origin, timestamp: at },
    );
    return priced !== null && covers(priced, usage) ? priced.total_price : undefined;
  } catch {
    // A price they cannot work out is one they do not have.
    return undefined;
  }
}

/**
 * Whether the price says something of all these tokens. The data price what they do not know at 0; only of models that are
 * called free is that true.
 */
function covers({ model, model_price: price }: NonNullable<PriceCalculationResult>, usage: Usage): boolean {
  if (model.id.endsWith(":free") && Object.keys(price).length === 0) return true;
  const input = promptTokens(usage) === 0 || price["input_mtok"] !== undefined;
  const output = answerTokens(usage) === 0 || price["output_mtok"] !== undefined;
  return input && output;
}
