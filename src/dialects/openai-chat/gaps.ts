import { type ChatRequest, type Gap, param } from "../../core/chat.ts";
import type { EncodeTarget } from "../dialect.ts";
import { mostOutput, refusesEffort } from "../openai/model-rules.ts";
import { hasCacheMarks } from "../parts.ts";
import { exceeds, LIMITS, takesReasoning } from "./request.ts";

/** What OpenAI chat has no place for. All of it changes no answer's meaning. */
export function requestGaps(
  request: ChatRequest,
  { type, model, params }: Pick<EncodeTarget, "type" | "model" | "params">,
): readonly Gap[] {
  const most = mostOutput({ type, model });
  const effort = (param(params, "reasoning_effort") ?? null) !== null;
  const parts = request.messages.flatMap((message) => message.parts);
  const thought = parts.some(
    (part) => part.type === "reasoning" && (part.proof !== undefined || !takesReasoning(type)),
  );
  const failed = parts.some((part) => part.type === "tool-result" && part.failed);
  return [
    ...(effort && refusesEffort({ type, model }) ? [{ field: "reasoning_effort", harmless: true }] : []),
    ...(LIMITS.some((name) => exceeds(param(params, name), most))
      ? [{ field: "max_tokens", harmless: true }]
      : []),
    ...(hasCacheMarks(request) ? [{ field: "cache_control", harmless: true }] : []),
    ...(thought ? [{ field: "reasoning", harmless: true }] : []),
    ...(failed ? [{ field: "is_error", harmless: true }] : []),
  ];
}
