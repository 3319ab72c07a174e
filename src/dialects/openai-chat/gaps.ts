import { type ChatRequest, type Gap, type Params, param } from "../../core/chat.ts";
import type { EncodeTarget } from "../dialect.ts";
import { mostOutput, refusedParams } from "../openai/model-rules.ts";
import { strictGaps } from "../openai/strict.ts";
import { isToolName } from "../openai/tools.ts";
import { hasCacheMarks } from "../parts.ts";
import { takesReasoning } from "./messages.ts";
import { exceeds, LIMITS } from "./request.ts";

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop */
const MAX_STOPS = 4;

/** What OpenAI chat has no place for, and what OpenAI itself refuses. */
export function requestGaps(
  request: ChatRequest,
  { type, model, params }: Pick<EncodeTarget, "type" | "model" | "params">,
): readonly Gap[] {
  const parts = request.messages.flatMap((message) => message.parts);
  const thought = parts.some(
    (part) => part.type === "reasoning" && (part.proof !== undefined || !takesReasoning({ type, model })),
  );
  const failed = parts.some((part) => part.type === "tool-result" && part.failed);
  const name = type === "openai" ? request.tools.findIndex((tool) => !isToolName(tool.name)) : -1;
  return [
    ...refusedParams({ type, model, params }),
    ...(type === "openai" ? strictGaps(request, params) : []),
    ...(LIMITS.some((limit) => exceeds(param(params, limit), mostOutput({ type, model })))
      ? [{ field: "max_tokens", harmless: true }]
      : []),
    ...(type === "openai" && stopsOf(params) > MAX_STOPS ? [{ field: "stop", harmless: false }] : []),
    ...(name === -1 ? [] : [{ field: `tools[${name}].function.name`, harmless: false }]),
    ...(hasCacheMarks(request) ? [{ field: "cache_control", harmless: true }] : []),
    ...(thought ? [{ field: "reasoning", harmless: true }] : []),
    ...(failed ? [{ field: "is_error", harmless: true }] : []),
  ];
}

function stopsOf(params: Params): number {
  const stop = param(params, "stop");
  return Array.isArray(stop) ? stop.length : 1;
}
