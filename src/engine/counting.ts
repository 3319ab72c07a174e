import type { ChatRequest } from "../core/chat.ts";
import type { Soon } from "../core/soon.ts";
import { reservedTokens } from "../routing/filters/context.ts";
import type { Tokens } from "../routing/filters/index.ts";
import type { Candidate, Refusal } from "../routing/plan.ts";
import { textsOf } from "../tokens/heuristic.ts";
import type { EngineDeps } from "./engine.ts";

/** Tokens that a message costs beyond its text, at the most. */
const PER_MESSAGE = 8;

/**
 * Counts the prompt for those models whose known window it might not fit, and for no other: a text never has more
 * tokens than bytes, so that most requests need no count.
 */
export function countWhereNeeded(
  entries: readonly (Candidate | Refusal)[],
  request: ChatRequest,
  countTokens: EngineDeps["countTokens"],
): Soon<Tokens> {
  const tight = new Set<string>();
  let most: number | undefined;
  for (const entry of entries) {
    if (entry.kind === "refusal" || entry.window === undefined) continue;
    most ??= mostTokens(request);
    if (most + reservedTokens(entry) > entry.window) tight.add(entry.model);
  }
  return tight.size === 0 ? () => undefined : countAll(tight, request, countTokens);
}

async function countAll(
  models: Iterable<string>,
  request: ChatRequest,
  countTokens: EngineDeps["countTokens"],
): Promise<Tokens> {
  const counts = new Map<string, { tokens: number; exact: boolean }>();
  for (const model of models) counts.set(model, await countTokens(request, model));
  return (model) => counts.get(model);
}

function mostTokens(request: ChatRequest): number {
  let characters = 0;
  for (const text of textsOf(request)) characters += text.length;
  return 3 * characters + PER_MESSAGE * request.messages.length;
}
