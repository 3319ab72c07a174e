import type { ChatRequest } from "../core/chat.ts";
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
export async function countWhereNeeded(
  entries: readonly (Candidate | Refusal)[],
  request: ChatRequest,
  countTokens: EngineDeps["countTokens"],
): Promise<Tokens> {
  const windows = entries.flatMap((entry) =>
    entry.kind === "candidate" && entry.window !== undefined ? [{ ...entry, window: entry.window }] : [],
  );
  if (windows.length === 0) return () => undefined;
  const most = mostTokens(request);
  const tight = windows.filter((entry) => most + reservedTokens(entry) > entry.window);
  const models = [...new Set(tight.map(({ model }) => model))];
  const counts = new Map<string, { tokens: number; exact: boolean }>();
  for (const model of models) counts.set(model, await countTokens(request, model));
  return (model) => counts.get(model);
}

function mostTokens(request: ChatRequest): number {
  let characters = 0;
  for (const text of textsOf(request)) characters += text.length;
  return 3 * characters + PER_MESSAGE * request.messages.length;
}
