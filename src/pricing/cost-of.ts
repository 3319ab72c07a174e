import type { PriceTable } from "../core/money.ts";
import type { CostOf } from "../core/ports.ts";
import { type Soon, withSoon } from "../core/soon.ts";
import { configuredPrice, costAt } from "./configured.ts";
import type { ShippedCost } from "./shipped.ts";

/**
 * What tokens cost: by the configuration's price, else by the shipped data, which are loaded for that. `now` is in
 * milliseconds since 1970: some prices begin on a date or hold for hours of the day.
 */
export function createCostOf(table: PriceTable, now: () => number): CostOf {
  let shipped: Soon<ShippedCost> | undefined;
  return (backend, model, usage) => {
    const price = configuredPrice(table, backend, model);
    if (price !== undefined) return costAt(price, usage);
    shipped ??= import("./shipped.ts").then(({ createShippedCost }) => {
      shipped = createShippedCost();
      return shipped;
    });
    return withSoon(shipped, (cost) => cost(backend.url, model, usage, now()));
  };
}
