import type { Gap, Params } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { PARAM_NAMES } from "../../core/params.ts";
import { type Complaints, member } from "../checks.ts";
import {
  areStrings,
  type Check,
  checkBoolean,
  checkMembers,
  checkObject,
  MAX_COUNT,
  numberIn,
  wholeNumberIn,
} from "../value-checks.ts";

/** https://docs.anthropic.com/en/api/messages */
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ["max_tokens", wholeNumberIn(1, MAX_COUNT)],
  ["temperature", numberIn(0, 1)],
  ["top_p", numberIn(0, 1)],
  ["top_k", wholeNumberIn(0, MAX_COUNT)],
  ["stop_sequences", (value) => (areStrings(value) ? undefined : "has to be a list of strings")],
  ["stream", checkBoolean],
  ["metadata", checkObject],
  ["thinking", checkTyped],
  ["output_config", checkObject],
  ["output_format", checkTyped],
]);

/** Parameters that are called and mean the same in OpenAI chat, or in none. */
export const SAME_NAMES: readonly string[] = ["max_tokens", "temperature", "top_p", "top_k"];

/** What is no parameter, or has another name in the neutral request. */
const PLACED: ReadonlySet<string> = new Set([
  ...CHECKS.keys(),
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
]);

/**
 * What only Anthropic does. Without servers of tools and containers an answer would be another one, and who says where the model has to
 * run means it; what shortens the history or marks it for the cache changes little.
 */
const OWN: ReadonlyMap<string, { readonly harmless: boolean }> = new Map([
  ["mcp_servers", { harmless: false }],
  ["container", { harmless: false }],
  ["inference_geo", { harmless: false }],
  ["context_management", { harmless: true }],
  ["cache_control", { harmless: true }],
  ["service_tier", { harmless: true }],
  ["speed", { harmless: true }],
]);

/** Longest name of a user that OpenAI takes; agents write whole documents there. */
const MAX_USER = 64;

/** The parameters of a body under their neutral names, checked as Anthropic does; names that nobody knows pass. */
export function readParams(body: JsonObject, complaints: Complaints, gaps: Gap[]): Params {
  checkMembers(CHECKS, body, complaints);
  const note = (field: string, harmless = true): void => {
    gaps.push({ field, harmless });
  };
  const params: Record<string, Json> = { stream: member(body, "stream") === true };
  for (const [name, value] of Object.entries(body)) {
    if (value === null || isEmptyList(value)) continue;
    if (SAME_NAMES.includes(name)) params[name] = value;
    const own = OWN.get(name);
    if (own !== undefined) note(name, own.harmless);
    // OpenAI's names mean nothing here; what nobody knows may be a local server's own.
    else if (OPENAI.has(name) && !PLACED.has(name)) note(name);
    else if (!PLACED.has(name)) params[name] = value;
  }
  const stop = member(body, "stop_sequences") ?? null;
  if (stop !== null && !isEmptyList(stop)) params["stop"] = stop;
  const user = userOf(member(body, "metadata"), note);
  if (user !== undefined) params["user"] = user;
  const effort = effortOf(body, note);
  if (effort !== undefined) params["reasoning_effort"] = effort;
  const format = formatOf(body);
  if (format !== undefined) params["response_format"] = format;
  return params;
}

const OPENAI: ReadonlySet<string> = new Set(PARAM_NAMES);

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}

function checkTyped(value: Json): string | undefined {
  return isJsonObject(value) && typeof member(value, "type") === "string"
    ? undefined
    : "has to be an object with a type";
}

type Note = (field: string, harmless?: boolean) => void;

function userOf(metadata: Json | undefined, note: Note): string | undefined {
  if (!isJsonObject(metadata)) return undefined;
  const { user_id: user = null, ...rest } = metadata;
  if (Object.keys(rest).length > 0) note("metadata");
  if (typeof user === "string" && user.length <= MAX_USER) return user;
  if (user !== null) note("metadata.user_id");
  return undefined;
}

/** Efforts that others know as well. */
const EFFORTS: ReadonlyMap<Json | undefined, string> = new Map([
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "high"],
  ["max", "high"],
]);

/** Budgets up to which an effort reaches, in tokens. */
const LOW = 2048;
const MEDIUM = 8192;

/** How much the model is to think. Thinking that adapts itself without a word of effort is left to the model. */
function effortOf(body: JsonObject, note: Note): string | undefined {
  const config = member(body, "output_config");
  if (isJsonObject(config)) {
    const { effort = null, format: _, ...rest } = config;
    for (const name of Object.keys(rest)) note(`output_config.${name}`);
    const known = EFFORTS.get(effort);
    if (known !== undefined) return known;
    if (effort !== null) note("output_config.effort");
  }
  const thinking = member(body, "thinking");
  const budget = isJsonObject(thinking) ? member(thinking, "budget_tokens") : undefined;
  if (typeof budget !== "number") return undefined;
  return budget <= LOW ? "low" : budget <= MEDIUM ? "medium" : "high";
}

/** `output_format` is what it was called before: https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
function formatOf(body: JsonObject): JsonObject | undefined {
  const config = member(body, "output_config");
  const format =
    (isJsonObject(config) ? member(config, "format") : undefined) ?? member(body, "output_format");
  const schema = isJsonObject(format) ? member(format, "schema") : undefined;
  if (!isJsonObject(schema)) return undefined;
  return { type: "json_schema", json_schema: { name: "answer", strict: true, schema } };
}
