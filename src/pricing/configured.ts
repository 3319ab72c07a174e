import type { Backend } from "../core/backend.ts";
import type { Price, PriceTable } from "../core/money.ts";
import { answerTokens, type Usage } from "../core/usage.ts";

/** The price that the configuration states: under the backend's name, else under its type. */
export function configuredPrice(
  table: PriceTable,
  backend: Pick<Backend, "name" | "type">,
  model: string,
): Price | undefined {
  return table.get(backend.name)?.get(model) ?? table.get(backend.type)?.get(model);
}

/** USD. Undefined when a rate is missing that these tokens need. */
export function costAt({ input, output, cachedInput, cacheWrite }: Price, usage: Usage): number | undefined {
  const buckets: readonly (readonly [tokens: number, rate: number | undefined])[] = [
    [usage.input, input],
    [usage.cacheRead, cachedInput ?? input],
    [usage.cacheWrite, cacheWrite ?? input],
    [answerTokens(usage), output],
  ];
  let usd = 0;
  for (const [tokens, rate] of buckets) {
    if (tokens === 0) continue;
    if (rate === undefined) return undefined;
    usd += (tokens / 1000) * rate;
  }
  return usd;
}
