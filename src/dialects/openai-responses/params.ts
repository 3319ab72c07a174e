import { type Params, param } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import type { EncodeTarget } from "../dialect.ts";
import { effortFor, isReasoner, mostOutput, refusedParams } from "../openai/model-rules.ts";
import { withFitFormat } from "../openai/strict.ts";

/** Fewest tokens of an answer that OpenAI takes: https://platform.openai.com/docs/api-reference/responses/create */
const MIN_OUTPUT = 16;

/** What has another name or place here. */
const PLACED = [
  "stream",
  "max_tokens",
  "max_completion_tokens",
  "reasoning_effort",
  "response_format",
  "verbosity",
];

/**
 * Parameters that have no place here, and whether an answer without them means the same. A stop sequence that is not heeded gives text
 * that the caller said there must not be, so that it is never left out.
 */
export const NO_PLACE: ReadonlyMap<string, { readonly harmless: boolean }> = new Map([
  ["stop", { harmless: false }],
  ["n", { harmless: false }],
  ["logprobs", { harmless: false }],
  ["top_logprobs", { harmless: false }],
  ["logit_bias", { harmless: false }],
  ["audio", { harmless: false }],
  ["modalities", { harmless: false }],
  ["functions", { harmless: false }],
  ["function_call", { harmless: false }],
  ["web_search_options", { harmless: false }],
  ["seed", { harmless: true }],
  ["presence_penalty", { harmless: true }],
  ["frequency_penalty", { harmless: true }],
  ["prediction", { harmless: true }],
]);

/** The parameters under their names here; others go as they stand. */
export function encodeParams({
  type,
  model,
  params,
}: Pick<EncodeTarget, "type" | "model" | "params">): JsonObject {
  const refused = new Set(refusedParams({ type, model, params }).map(({ field }) => field));
  const rest = Object.fromEntries(
    Object.entries(params).filter(
      ([name, value]) =>
        value !== null && !PLACED.includes(name) && !NO_PLACE.has(name) && !refused.has(name),
    ),
  );
  const limit = limitOf(params);
  const effort = effortFor({ type, model, params }) ?? null;
  const text = encodeText(withFitFormat(params));
  const store = param(params, "store") === true;
  const thinks = !store && type === "openai" && (effort !== null || isReasoner({ type, model }));
  return {
    ...rest,
    ...(limit !== undefined && { max_output_tokens: possibleLimit(limit, { type, model }) }),
    ...(effort !== null && { reasoning: { effort } }),
    ...(text !== undefined && { text }),
    store,
    // What a model thought comes back encrypted, and goes with the next turn. Models that do not think refuse to be asked for it.
    ...(thinks && { include: ["reasoning.encrypted_content"] }),
  };
}

/** The limit that is nearest to a stated one and that the model takes. */
export function possibleLimit(limit: number, target: Pick<EncodeTarget, "type" | "model">): number {
  return Math.max(MIN_OUTPUT, Math.min(limit, mostOutput(target) ?? limit));
}

/** Most tokens that the answer may have, where that is stated. */
export function limitOf(params: Params): number | undefined {
  const limit = param(params, "max_completion_tokens") ?? param(params, "max_tokens");
  return typeof limit === "number" ? limit : undefined;
}

function encodeText(params: Params): JsonObject | undefined {
  const format = encodeFormat(param(params, "response_format"));
  const verbosity = param(params, "verbosity") ?? null;
  if (format === undefined && verbosity === null) return undefined;
  return { ...(format !== undefined && { format }), ...(verbosity !== null && { verbosity }) };
}

/** What chat completions wrap in `json_schema` stands beside the type here. */
function encodeFormat(format: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(format)) return undefined;
  const schema = format["json_schema"];
  if (format["type"] !== "json_schema" || !isJsonObject(schema)) return format;
  return { type: "json_schema", name: "answer", schema: {}, ...schema };
}
