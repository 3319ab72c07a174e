import { type Params, param } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { generationOf } from "./generation.ts";
import { plainSchema } from "./tools.ts";

/** Names of Gemini for parameters of OpenAI that mean the same; the later of two names for one thing wins. */
const SAME: readonly (readonly [ours: string, theirs: string])[] = [
  ["temperature", "temperature"],
  ["top_p", "topP"],
  ["top_k", "topK"],
  ["max_tokens", "maxOutputTokens"],
  ["max_completion_tokens", "maxOutputTokens"],
  ["seed", "seed"],
  ["presence_penalty", "presencePenalty"],
  ["frequency_penalty", "frequencyPenalty"],
];

/** The `generationConfig` that says what these parameters say: https://ai.google.dev/api/generate-content#generationconfig */
export function encodeConfig(params: Params, model: string): JsonObject {
  const same = SAME.flatMap(([ours, theirs]) => {
    const value = param(params, ours) ?? null;
    if (value === null || isRefused(ours, value, model)) return [];
    const most = theirs === "maxOutputTokens" ? mostOutput(model) : undefined;
    return [
      [theirs, typeof value === "number" && most !== undefined ? Math.min(value, most) : value] as const,
    ];
  });
  const stop = stopSequences(params);
  const thinkingConfig = thinkingFor(param(params, "reasoning_effort"), model);
  return {
    ...Object.fromEntries(same),
    ...(stop.length > 0 && { stopSequences: stop }),
    ...responseFormat(param(params, "response_format")),
    ...(thinkingConfig !== undefined && { thinkingConfig }),
  };
}

/**
 * Whether a model answers 400 to a parameter: penalties ended with 2.0 (https://github.com/google-gemini/cookbook/issues/1290), and seeds
 * are integers of 32 bits.
 */
export function isRefused(name: string, value: Json, model: string): boolean {
  if (name === "seed") return typeof value === "number" && (value | 0) !== value;
  return PENALTIES.has(name) && generationOf(model) > 2;
}

/** Most tokens of an answer; a model that is asked for more answers 400. Undefined for a name that tells no generation. */
export function mostOutput(model: string): number | undefined {
  const generation = generationOf(model);
  if (generation === 0) return undefined;
  return generation < 2.5 ? 8_192 : 65_536;
}

const PENALTIES: ReadonlySet<string> = new Set(["presence_penalty", "frequency_penalty"]);

/** One stop sequence or a list. */
export function stopSequences(params: Params): readonly Json[] {
  const stop = param(params, "stop") ?? null;
  if (stop === null) return [];
  return Array.isArray(stop) ? stop : [stop];
}

/** Whether the answer has to be JSON. */
export function wantsJson(params: Params): boolean {
  return "responseMimeType" in responseFormat(param(params, "response_format"));
}

function responseFormat(format: Json | undefined): JsonObject {
  if (!isJsonObject(format)) return {};
  const json = { responseMimeType: "application/json" };
  if (format["type"] === "json_object") return json;
  const stated = format["json_schema"];
  const schema = isJsonObject(stated) ? stated["schema"] : undefined;
  if (format["type"] !== "json_schema") return {};
  return isJsonObject(schema) ? { ...json, responseJsonSchema: plainSchema(schema) } : json;
}

/** The budgets that Google's own OpenAI endpoint has for these words: https://ai.google.dev/gemini-api/docs/openai#thinking */
const BUDGETS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
};

/** Gemini 2.5 Pro cannot but think: https://ai.google.dev/gemini-api/docs/thinking#set-budget */
const LEAST_OF_PRO = 128;

/**
 * How much to think: a budget up to Gemini 2.5, a level from 3 on, of which the first Pro knew two. Undefined where the model takes neither, or
 * nothing was said.
 */
export function thinkingFor(effort: Json | undefined, model: string): JsonObject | undefined {
  if (typeof effort !== "string" || !Object.hasOwn(BUDGETS, effort)) return undefined;
  const generation = generationOf(model);
  const pro = /-pro\b/.test(model);
  if (generation < 2.5) return undefined;
  const shown = { includeThoughts: effort !== "none" };
  if (generation >= 3) return { ...shown, thinkingLevel: levelFor(effort, pro, generation > 3) };
  const budget = BUDGETS[effort] ?? 0;
  return { ...shown, thinkingBudget: pro ? Math.max(budget, LEAST_OF_PRO) : budget };
}

function levelFor(effort: string, pro: boolean, knowsMedium: boolean): string {
  if (effort === "xhigh" || effort === "high") return "high";
  if (pro && effort === "medium") return knowsMedium ? "medium" : "high";
  if (pro) return "low";
  return effort === "none" ? "minimal" : effort;
}
