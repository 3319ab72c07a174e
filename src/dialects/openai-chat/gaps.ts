import { type ChatRequest, type Gap, type Params, type Part, param } from "../../core/chat.ts";
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
  const some = (test: (part: Part) => boolean) => request.messages.some(({ parts }) => parts.some(test));
  const reads = takesReasoning({ type, model });
  const thought = some((part) => part.type === "reasoning" && (part.proof !== undefined || !reads));
  const failed = some((part) => part.type === "tool-result" && part.failed === true);
  const most = mostOutput({ type, model });
  const name = type === "openai" ? request.tools.findIndex((tool) => !isToolName(tool.name)) : -1;
  const gaps = [...refusedParams({ type, model, params })];
  const gap = (field: string, harmless: boolean) => gaps.push({ field, harmless });
  if (type === "openai") gaps.push(...strictGaps(request, params));
  if (LIMITS.some((limit) => exceeds(param(params, limit), most))) gap("max_tokens", true);
  if (type === "openai" && stopsOf(params) > MAX_STOPS) gap("stop", false);
  if (name !== -1) gap(`tools[${name}].function.name`, false);
  if (hasCacheMarks(request)) gap("cache_control", true);
  if (thought) gap("reasoning", true);
  if (failed) gap("is_error", true);
  return gaps;
}

function stopsOf(params: Params): number {
  const stop = param(params, "stop");
  return Array.isArray(stop) ? stop.length : 1;
}
