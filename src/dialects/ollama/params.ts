import { type Params, param } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { EncodeTarget } from "../dialect.ts";

/** What stands beside the messages; everything else is an option of the model's run. */
const TOP_LEVEL: ReadonlySet<string> = new Set(["keep_alive", "think", "format"]);

/** Names that mean something else here, are carried elsewhere, or not at all (`gaps.ts` tells which). */
const ELSEWHERE: ReadonlySet<string> = new Set([
  "options",
  "stream",
  "max_tokens",
  "max_completion_tokens",
  "stop",
  "reasoning_effort",
  "response_format",
  "parallel_tool_calls",
  "user",
  "n",
  "logprobs",
  "top_logprobs",
  "logit_bias",
]);

/** The parameters, where Ollama wants them: https://docs.ollama.com/modelfile#valid-parameters-and-values */
export function encodeParams({ params, model }: Pick<EncodeTarget, "params" | "model">): JsonObject {
  const format = formatOf(param(params, "response_format"));
  const think = thinkOf(param(params, "reasoning_effort"), model);
  const options = optionsOf(params);
  return {
    ...(format !== undefined && { format }),
    ...(think !== undefined && { think }),
    ...pick(params, (name) => TOP_LEVEL.has(name)),
    ...(Object.keys(options).length > 0 && { options }),
  };
}

/** Options stated in one object give way to those stated by name. */
function optionsOf(params: Params): JsonObject {
  const stated = param(params, "options");
  const limit = param(params, "max_completion_tokens") ?? param(params, "max_tokens");
  const stop = param(params, "stop") ?? null;
  return {
    ...(isJsonObject(stated) && stated),
    ...(limit !== undefined && limit !== null && { num_predict: limit }),
    ...(stop !== null && { stop: typeof stop === "string" ? [stop] : stop }),
    ...pick(params, (name) => !TOP_LEVEL.has(name) && !ELSEWHERE.has(name)),
  };
}

function pick(params: Params, wanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name, value]) => wanted(name) && value !== null));
}

/** https://docs.ollama.com/capabilities/structured-outputs */
function formatOf(wanted: Json | undefined): Json | undefined {
  if (!isJsonObject(wanted)) return undefined;
  if (wanted["type"] === "json_object") return "json";
  const named = wanted["json_schema"];
  return wanted["type"] === "json_schema" && isJsonObject(named) ? (named["schema"] ?? "json") : undefined;
}

/**
 * Only gpt-oss knows levels, and cannot but think. Others think unasked if they can; one that cannot answers 400 to being asked to:
 * "does not support thinking". https://docs.ollama.com/capabilities/thinking
 */
export function thinkOf(effort: Json | undefined, model: string): Json | undefined {
  if (typeof effort !== "string") return undefined;
  if (!/gpt-oss/i.test(model)) return effort === "none" ? false : undefined;
  return LEVELS.get(effort);
}

const LEVELS: ReadonlyMap<string, string> = new Map([
  ["none", "low"],
  ["minimal", "low"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "high"],
  ["max", "high"],
]);
