import type { ChatRequest, Gap } from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import type { EncodeTarget } from "../dialect.ts";
import { refusedParams } from "../openai/model-rules.ts";
import { strictGaps } from "../openai/strict.ts";
import { isToolName } from "../openai/tools.ts";
import { hasCacheMarks } from "../parts.ts";
import { limitOf, NO_PLACE, possibleLimit } from "./params.ts";

/** What Responses have no place for. */
export function requestGaps(
  request: ChatRequest,
  { type, model, params }: Pick<EncodeTarget, "type" | "model" | "params">,
): readonly Gap[] {
  const gaps: Gap[] = [];
  const add = (field: string, harmless = true): void => {
    gaps.push({ field, harmless });
  };
  for (const [name, { harmless }] of NO_PLACE) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value !== undefined && !saysNothing(name, value)) add(name, harmless);
  }
  for (const { field, harmless } of refusedParams({ type, model, params }))
    if (!NO_PLACE.has(field)) add(field, harmless);
  gaps.push(...strictGaps(request, params));
  const name = request.tools.findIndex((tool) => !isToolName(tool.name));
  if (name !== -1) add(`tools[${name}].function.name`, false);
  const limit = limitOf(params);
  if (limit !== undefined && possibleLimit(limit, { type, model }) !== limit) add("max_tokens");
  const parts = request.messages.flatMap((message) => message.parts);
  if (hasCacheMarks(request)) add("cache_control");
  if (parts.some((part) => part.type === "reasoning" && part.proof?.dialect !== "openai-responses")) {
    add("reasoning");
  }
  if (parts.some((part) => part.type === "tool-result" && part.failed)) add("is_error");
  return gaps;
}

/** Whether a parameter asks for what would be without it. */
function saysNothing(name: string, value: Json): boolean {
  if (value === null || value === false || value === 0) return name !== "seed" || value === null;
  if (name === "n") return value === 1;
  if (name === "modalities") return Array.isArray(value) && value.every((one: Json) => one === "text");
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}
