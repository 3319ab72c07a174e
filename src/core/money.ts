/** What a model costs, in USD per 1000 tokens. What is not stated is unknown; of cached tokens, the same as for input. */
export interface Price {
  readonly input?: number;
  readonly output?: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
}

/** Prices by name or type of a backend, then by model. */
export type PriceTable = ReadonlyMap<string, ReadonlyMap<string, Price>>;

/**
 * USD for people: `$0.0012`, from a dollar on `$1.23`. Whatever costs something is shown as `$0.0001` at least; `$0` is
 * free of charge.
 */
export function formatUsd(usd: number): string {
  if (usd === 0) return "$0";
  return usd < 1 ? `$${Math.max(usd, 0.0001).toFixed(4)}` : `$${usd.toFixed(2)}`;
}

/** USD for scripts: the number without the noise of binary fractions (0.30000000000000004). */
export function plainUsd(usd: number): number {
  return Number(usd.toPrecision(12));
}
