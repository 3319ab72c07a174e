import type { Attempt } from "../core/outcome.ts";
import type { Soon } from "../core/soon.ts";
import type { EngineDeps } from "./engine.ts";

/** The attempts of a run, each with what it cost where that is known. */
export function withCosts(
  attempts: readonly Attempt[],
  { catalog, costOf }: Pick<EngineDeps, "catalog" | "costOf">,
): Soon<readonly Attempt[]> {
  const costs = attempts.map(({ backend: name, model, usage }) => {
    const backend = usage === undefined ? undefined : catalog.backend(name);
    return usage === undefined || backend === undefined ? undefined : costOf(backend, model, usage);
  });
  const withEach = (known: readonly (number | undefined)[]) =>
    attempts.map((attempt, at) => (known[at] === undefined ? attempt : { ...attempt, costUsd: known[at] }));
  return costs.every(isHere) ? withEach(costs) : Promise.all(costs).then(withEach);
}

function isHere(cost: Soon<number | undefined>): cost is number | undefined {
  return !(cost instanceof Promise);
}

/** USD for all of them. A sum that leaves out what is not known would be wrong, so there is none then. */
export function totalCost(attempts: readonly Attempt[]): number | undefined {
  const used = attempts.filter(({ usage }) => usage !== undefined);
  if (used.length === 0) return undefined;
  return used.reduce<number | undefined>(
    (sum, { costUsd }) => (sum === undefined || costUsd === undefined ? undefined : sum + costUsd),
    0,
  );
}
