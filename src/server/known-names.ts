import type { Outcome } from "../core/outcome.ts";

/** Stands for every name that only a client knows. */
export const UNKNOWN = "unknown";

/** Which names may be told apart: there are only so many of them. */
export interface KnownNames {
  backend(name: string): boolean;
  model(name: string): boolean;
}

/**
 * The outcome without names that a client made up, so that nobody can make a server count without end. Names that a profile
 * led to stand in the configuration.
 */
export function withKnownNames(outcome: Outcome, known: KnownNames): Outcome {
  if (outcome.profile !== undefined || knowsAll(known, outcome)) return outcome;
  const model = (name: string) => (known.model(name) ? name : UNKNOWN);
  const { primaryModel, actualModel, backend } = outcome;
  return {
    ...outcome,
    ...(primaryModel === undefined ? {} : { primaryModel: model(primaryModel) }),
    ...(actualModel === undefined ? {} : { actualModel: model(actualModel) }),
    ...(backend === undefined ? {} : { backend: known.backend(backend) ? backend : UNKNOWN }),
    attempts: outcome.attempts.map((attempt) => ({
      ...attempt,
      backend: known.backend(attempt.backend) ? attempt.backend : UNKNOWN,
      model: model(attempt.model),
    })),
  };
}

/** As it nearly always is: then there is nothing to copy. */
function knowsAll(known: KnownNames, { primaryModel, actualModel, backend, attempts }: Outcome): boolean {
  if (primaryModel !== undefined && !known.model(primaryModel)) return false;
  if (actualModel !== undefined && !known.model(actualModel)) return false;
  if (backend !== undefined && !known.backend(backend)) return false;
  return attempts.every((attempt) => known.backend(attempt.backend) && known.model(attempt.model));
}
