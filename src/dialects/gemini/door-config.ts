import type { Params } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member } from "../checks.ts";
import {
  areStrings,
  type Check,
  checkBoolean,
  checkWholeNumber,
  MAX_COUNT,
  numberIn,
  wholeNumberIn,
} from "../value-checks.ts";
import { fieldsOf } from "./door-fields.ts";
import { readSchema } from "./door-tools.ts";

const PATH = "generationConfig";

/** Limits that every server has, and the name that OpenAI has for the same. Others are the backend's to judge. */
const SAME: ReadonlyMap<string, { readonly ours: string; readonly check: Check }> = new Map([
  ["temperature", { ours: "temperature", check: numberIn(0, 2) }],
  ["topP", { ours: "top_p", check: numberIn(0, 1) }],
  ["topK", { ours: "top_k", check: numberIn(1, MAX_COUNT) }],
  ["maxOutputTokens", { ours: "max_tokens", check: wholeNumberIn(1, MAX_COUNT) }],
  ["seed", { ours: "seed", check: checkWholeNumber }],
  ["presencePenalty", { ours: "presence_penalty", check: numberIn(-2, 2) }],
  ["frequencyPenalty", { ours: "frequency_penalty", check: numberIn(-2, 2) }],
  ["stopSequences", { ours: "stop", check: checkStops }],
]);

/** What the form of the answer hangs on; read together. */
const FORMAT = ["responseMimeType", "responseSchema", "responseJsonSchema", "_responseJsonSchema"] as const;

/** What changes little where a backend has no place for it. */
const HARMLESS: ReadonlySet<string> = new Set([
  "mediaResolution",
  "audioTimestamp",
  "enableAffectiveDialog",
  "routingConfig",
  "modelSelectionConfig",
]);

/** What a `generationConfig` says. */
export interface ReadConfig {
  readonly params: Params;
  /** Whether the client wants to see what the model thinks. */
  readonly thoughts: boolean;
}

/**
 * Reads a `generationConfig` as parameters of OpenAI; what has no name there is noted as a gap.
 * https://ai.google.dev/api/generate-content#generationconfig
 */
export function readConfig(
  stated: Json | undefined,
  complaints: Complaints,
  gap: (path: string, harmless?: boolean) => void,
): ReadConfig {
  if (stated === undefined) return { params: {}, thoughts: false };
  if (!isJsonObject(stated)) {
    complaints.add(PATH, "has to be an object");
    return { params: {}, thoughts: false };
  }
  const config = fieldsOf(stated);
  const params: [string, Json][] = [];
  let thinking: Thinking = { thoughts: false };
  for (const [name, value] of Object.entries(config)) {
    const path = `${PATH}.${name}`;
    const same = SAME.get(name);
    const wrong = same?.check(value);
    if (wrong !== undefined) complaints.add(path, wrong);
    if (same !== undefined) params.push([same.ours, value]);
    else if (name === "candidateCount") checkCandidates(value, complaints);
    else if (name === "thinkingConfig") thinking = readThinking(value, path, complaints);
    else if (name === "responseModalities") {
      if (!isTextOnly(value)) gap(path);
    } else if (name === "responseLogprobs") {
      if (checkBoolean(value) !== undefined) complaints.add(path, "has to be true or false");
      if (value !== false) gap(path);
    } else if (!isFormat(name)) gap(path, name === "logprobs" || HARMLESS.has(name));
  }
  const { thoughts, effort } = thinking;
  return {
    params: {
      ...Object.fromEntries(params),
      ...readFormat(config, complaints, gap),
      ...(effort !== undefined && { reasoning_effort: effort }),
    },
    thoughts,
  };
}

/** Whether it belongs to the form of the answer, of which nothing may be added to what is stated. */
export function isFormat(name: string): boolean {
  return FORMAT.some((one) => one === name);
}

function checkStops(value: Json): string | undefined {
  return areStrings(value) ? undefined : "has to be a list of strings";
}

function checkCandidates(value: Json, complaints: Complaints): void {
  const path = `${PATH}.candidateCount`;
  const wrong = wholeNumberIn(1, 8)(value);
  if (wrong !== undefined) complaints.add(path, wrong);
  else if (value !== 1)
    complaints.add(path, "can only be 1: ask several times for several answers", "unsupported_n");
}

function isTextOnly(value: Json): boolean {
  return areStrings(value) && value.every((one) => one.toUpperCase() === "TEXT");
}

function readFormat(config: JsonObject, complaints: Complaints, gap: (path: string) => void): Params {
  const media = member(config, "responseMimeType") ?? "text/plain";
  if (typeof media !== "string") complaints.add(`${PATH}.responseMimeType`, "has to be a string");
  const schema =
    readSchema(config, "responseSchema", "responseJsonSchema", PATH, complaints) ??
    readSchema(config, "_responseJsonSchema", "_responseJsonSchema", PATH, complaints);
  if (media === "text/plain") return {};
  if (media !== "application/json") {
    gap(`${PATH}.responseMimeType`);
    return {};
  }
  if (schema === undefined) return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_schema", json_schema: { name: "response", schema } } };
}

interface Thinking {
  readonly thoughts: boolean;
  /** In OpenAI's words; undefined where the model may decide. */
  readonly effort?: string;
}

const LEVELS = ["minimal", "low", "medium", "high"];

/** How much to think: a level, or a budget in tokens, of which 0 is none and -1 as the model sees fit. */
function readThinking(value: Json, path: string, complaints: Complaints): Thinking {
  if (!isJsonObject(value)) {
    complaints.add(path, "has to be an object");
    return { thoughts: false };
  }
  const { includeThoughts, thinkingBudget, thinkingLevel } = fieldsOf(value);
  const thoughts = includeThoughts === true;
  if (thinkingLevel !== undefined) {
    const level = typeof thinkingLevel === "string" ? thinkingLevel.toLowerCase() : "";
    if (LEVELS.includes(level)) return { thoughts, effort: level };
    if (level !== "thinking_level_unspecified")
      complaints.add(`${path}.thinkingLevel`, `has to be one of ${LEVELS.join(", ")}`);
    return { thoughts };
  }
  if (thinkingBudget === undefined || thinkingBudget === -1) return { thoughts };
  if (typeof thinkingBudget !== "number" || wholeNumberIn(0, MAX_COUNT)(thinkingBudget) !== undefined) {
    complaints.add(`${path}.thinkingBudget`, "has to be a whole number, or -1");
    return { thoughts };
  }
  return { thoughts, effort: effortOf(thinkingBudget) };
}

/** The nearest of the budgets that Google's own OpenAI endpoint has for these words. */
function effortOf(budget: number): string {
  if (budget === 0) return "none";
  if (budget <= 4096) return "low";
  return budget <= 16_384 ? "medium" : "high";
}
