import { type ChatRequest, type Gap, param } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { EncodeTarget } from "../dialect.ts";
import { type ModelRules, rulesOf } from "./model-rules.ts";
import { hasOpenObjects, strictSchema } from "./schema.ts";
import { DEFAULT_MAX_TOKENS, thinkingOf } from "./thinking.ts";

/** Parameters under the names of this API, and what has none there. */
export interface Translated {
  readonly fields: JsonObject;
  readonly gaps: readonly Gap[];
}

/** What has its own place below, or none at all. Everything else is Anthropic's own and goes as it is. */
const TRANSLATED: ReadonlySet<string> = new Set([
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "top_k",
  "stop",
  "reasoning_effort",
  "response_format",
  "user",
  "metadata",
  "output_config",
  "parallel_tool_calls",
  "stream",
  "n",
  "logprobs",
  "top_logprobs",
  "seed",
  "presence_penalty",
  "frequency_penalty",
  "logit_bias",
]);

/** Without these an answer is another one of the same kind. */
const HARMLESS = ["seed", "presence_penalty", "frequency_penalty", "logit_bias"];

/** Translates the parameters of a request. */
export function translateParams(
  request: ChatRequest,
  { model, params }: Pick<EncodeTarget, "model" | "params">,
): Translated {
  const rules = rulesOf(model);
  const gaps: Gap[] = [];
  const note = (field: string, harmless: boolean): void => {
    gaps.push({ field, harmless });
  };
  const stated = (name: string): Json | undefined => param(params, name) ?? undefined;
  const wanted = numberOf(stated("max_completion_tokens")) ?? numberOf(stated("max_tokens"));
  const limit = wanted === undefined ? undefined : Math.min(wanted, rules.mostOutput ?? wanted);
  if (limit !== wanted) note("max_tokens", true);
  const thinking = thinkingOf(request, params, limit, rules);
  if (thinking.dropped) note("reasoning_effort", true);
  for (const name of HARMLESS) if ((stated(name) ?? 0) !== 0) note(name, true);
  if ((numberOf(stated("n")) ?? 1) > 1) note("n", false);
  if (stated("logprobs") === true || stated("top_logprobs") !== undefined) note("logprobs", false);

  const user = stated("user");
  const metadata = {
    ...(typeof user === "string" && { user_id: user }),
    ...objectOf(stated("metadata")),
  };
  const format = formatOf(stated("response_format"), rules, () => note("response_format", false));
  const output = {
    ...(thinking.effort !== undefined && { effort: thinking.effort }),
    ...(format !== undefined && { format }),
    ...objectOf(stated("output_config")),
  };
  const stops = stopsOf(stated("stop"), () => note("stop", true));
  const own = Object.entries(params).filter(([name, value]) => !TRANSLATED.has(name) && value !== null);
  const fields: JsonObject = {
    max_tokens: limit ?? DEFAULT_MAX_TOKENS + thinking.room,
    ...samplersOf(stated, thinking.on, rules, (name) => note(name, true)),
    ...(stops.length > 0 && { stop_sequences: stops }),
    ...thinking.fields,
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...Object.fromEntries(own),
  };
  return { fields, gaps };
}

/**
 * Temperatures end at 1 here. Thinking goes with none but 1, and with `top_p` of 0.95 and above; newer models refuse what they no
 * longer have: https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#feature-compatibility
 */
function samplersOf(
  stated: (name: string) => Json | undefined,
  thinks: boolean,
  { samplers }: ModelRules,
  drop: (name: string) => void,
): JsonObject {
  const sent: Record<string, Json> = {};
  const temperature = numberOf(stated("temperature"));
  if (temperature !== undefined) {
    const keep = samplers !== "none" && !(thinks && temperature !== 1);
    if (!keep || temperature > 1) drop("temperature");
    if (keep) sent["temperature"] = Math.min(1, temperature);
  }
  const topP = numberOf(stated("top_p"));
  if (topP !== undefined) {
    const second = samplers === "one" && "temperature" in sent;
    if (samplers === "none" || second || (thinks && topP < 0.95)) drop("top_p");
    else sent["top_p"] = topP;
  }
  const topK = stated("top_k");
  if (topK !== undefined) {
    if (samplers === "none" || thinks) drop("top_k");
    else sent["top_k"] = topK;
  }
  return sent;
}

/** The API refuses sequences of white space alone. */
function stopsOf(stop: Json | undefined, drop: () => void): string[] {
  const all: readonly Json[] = Array.isArray(stop) ? stop : [stop ?? ""];
  const texts = all.filter((one) => typeof one === "string");
  const kept = texts.filter((text) => text.trim() !== "");
  if (texts.some((text) => text !== "" && text.trim() === "")) drop();
  return kept;
}

/** Any JSON at all (`json_object`) cannot be asked for, only JSON of one schema. */
function formatOf(
  format: Json | undefined,
  { schema }: ModelRules,
  refuse: () => void,
): JsonObject | undefined {
  if (!isJsonObject(format) || format["type"] === "text") return undefined;
  const described = format["type"] === "json_schema" ? format["json_schema"] : undefined;
  const wanted = isJsonObject(described) ? described["schema"] : undefined;
  if (schema && isJsonObject(wanted) && !hasOpenObjects(wanted))
    return { type: "json_schema", schema: strictSchema(wanted) };
  refuse();
  return undefined;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
