import type { Outcome } from "../core/outcome.ts";
import { answerTokens } from "../core/usage.ts";

/** Most models that are kept in mind. */
const MOST = 1_000;

/** How many tokens the models' answers had so far, on the mean. */
export interface OutputMeans {
  /** Undefined while there was none. */
  of(model: string): number | undefined;
  book(outcome: Outcome): void;
}

/** Knows nothing yet. */
export function outputMeans(): OutputMeans {
  const seen = new Map<string, { answers: number; tokens: number }>();
  return {
    of(model) {
      const known = seen.get(model);
      return known && known.tokens / known.answers;
    },
    book({ actualModel, usage, error }) {
      if (actualModel === undefined || usage === undefined || error !== undefined) return;
      const known = seen.get(actualModel) ?? { answers: 0, tokens: 0 };
      if (seen.size >= MOST && !seen.has(actualModel)) return;
      seen.set(actualModel, { answers: known.answers + 1, tokens: known.tokens + answerTokens(usage) });
    },
  };
}
