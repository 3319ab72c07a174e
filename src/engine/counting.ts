import type { ChatRequest } from "../core/chat.ts";
import { reservedTokens } from "../routing/filters/context.ts";
import type { Tokens } from "../routing/filters/index.ts";
import type { Candidate, Refusal } from "../routing/plan.ts";
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
  const most = mostTokens(request);
  const tight = entries.filter(
    (entry) =>
      entry.kind === "candidate" && entry.window !== undefined && most + reservedTokens(entry) > entry.window,
  );
  const models = [...new Set(tight.map(({ model }) => model ?? ""))];
  const counts = new Map<string, { tokens: number; exact: boolean }>();
  for (const model of models) counts.set(model, await countTokens(request, model));
  return (model) => counts.get(model);
}

function mostTokens(request: ChatRequest): number {
  let bytes = 0;
  for (const message of request.messages) {
    bytes += PER_MESSAGE;
    for (const part of message.parts) {
      if (part.type === "text" || part.type === "tool-result") bytes += 3 * part.text.length;
      else if (part.type === "tool-call") bytes += 3 * (part.name.length + part.arguments.length);
    }
  }
  return bytes;
}
