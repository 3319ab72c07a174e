import type * as z from "zod/mini";
import { PRESETS } from "../backends/clouds.ts";
import { TYPE_NAMES } from "../backends/types.ts";
import type { Price, PriceTable } from "../core/money.ts";
import { didYouMean } from "../core/nearest.ts";
import { formatPath } from "./key-path.ts";
import type { CONFIG } from "./schema.ts";

type Pricing = NonNullable<z.infer<typeof CONFIG>["pricing"]>;
type PriceRecord = Pricing[string][string];

/** Keys of a price. */
export const RATES = ["input_per_1k", "output_per_1k", "cached_input_per_1k", "cache_write_per_1k"] as const;

/** The prices that `pricing` states. */
export function readPricing(pricing: Pricing): PriceTable {
  return new Map(
    Object.entries(pricing).map(([backend, models]) => [
      backend,
      new Map(Object.entries(models).map(([model, record]) => [model, priceOf(record)])),
    ]),
  );
}

/** What is odd in `pricing`: prices for backends that there are not, and prices that lack a half. */
export function pricingWarnings(pricing: Pricing, backends: Iterable<string>): readonly string[] {
  const known = new Set([...backends, ...Object.keys(PRESETS), ...TYPE_NAMES]);
  return Object.entries(pricing).flatMap(([backend, models]) => [
    ...(known.has(backend)
      ? []
      : [
          `${formatPath(["pricing", backend])}: no backend and no type has this name${didYouMean(backend, known)}`,
        ]),
    ...Object.entries(models).flatMap(([model, record]) =>
      RATES.slice(0, 2)
        .filter((key) => record[key] === undefined)
        .map((key) => `${formatPath(["pricing", backend, model, key])}: is missing, so the cost is unknown`),
    ),
  ]);
}

function priceOf(record: PriceRecord): Price {
  const {
    input_per_1k: input,
    output_per_1k: output,
    cached_input_per_1k: cachedInput,
    cache_write_per_1k: cacheWrite,
  } = record;
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(cachedInput === undefined ? {} : { cachedInput }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}
