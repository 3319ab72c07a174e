import type { Attempt } from "../core/outcome.ts";
import type { EngineDeps } from "./engine.ts";

/** The attempts of a run, each with what it cost where that is known. */
export function withCosts(
  attempts: readonly Attempt[],
  { catalog, costOf }: Pick<EngineDeps, "catalog" | "costOf">,
): Promise<readonly Attempt[]> {
  return Promise.all(
    attempts.map(async (attempt) => {
      const { model, usage } = attempt;
      const backend = catalog.backend(attempt.backend);
      if (usage === undefined || backend === undefined) return attempt;
      const costUsd = await costOf(backend, model, usage);
      return costUsd === undefined ? attempt : { ...attempt, costUsd };
    }),
  );
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
