import type { PriceTable } from "../core/money.ts";
import type { CostOf } from "../core/ports.ts";
import { madeOnce, withSoon } from "../core/soon.ts";
import { configuredPrice, costAt } from "./configured.ts";

/**
 * What tokens cost: by the configuration's price, else by the shipped data, which are loaded for that. `now` is in
 * milliseconds since 1970: some prices begin on a date or hold for hours of the day.
 */
export function createCostOf(table: PriceTable, now: () => number): CostOf {
  const shipped = madeOnce(async () => {
    const { createShippedCost } = await import("./shipped.ts");
    return createShippedCost();
  });
  return (backend, model, usage) => {
    const price = configuredPrice(table, backend, model);
    if (price !== undefined) return costAt(price, usage);
    return withSoon(shipped(), (cost) => cost(backend.url, model, usage, now()));
  };
}
