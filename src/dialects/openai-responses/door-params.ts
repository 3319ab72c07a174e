import type { Params } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member } from "../checks.ts";
import {
  areStrings,
  type Check,
  checkBoolean,
  checkMembers,
  checkObject,
  checkWholeNumber,
  MAX_COUNT,
  numberIn,
  wholeNumberIn,
} from "../value-checks.ts";
import type { NoteGap } from "./door-tools.ts";

/** Limits that every server has. What stands nowhere here is the backend's to judge. */
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ["temperature", numberIn(0, 2)],
  ["top_p", numberIn(0, 1)],
  ["max_output_tokens", wholeNumberIn(1, MAX_COUNT)],
  ["top_logprobs", wholeNumberIn(0, 20)],
  ["seed", checkWholeNumber],
  ["stream", checkBoolean],
  ["store", checkBoolean],
  ["parallel_tool_calls", checkBoolean],
  ["background", checkBoolean],
  ["instructions", checkText],
  ["metadata", checkObject],
  ["reasoning", checkReasoning],
  ["text", checkFormat],
  ["include", checkInclude],
]);

/** What has another name in the neutral request, a place beside it, or none. */
const PLACED: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "stream",
  "stream_options",
  "max_output_tokens",
  "reasoning",
  "text",
  "include",
  "background",
  "previous_response_id",
  "conversation",
  "prompt",
  "top_logprobs",
  "truncation",
  "context_management",
  // Nothing is kept here; what the caller attaches to the answer comes back with it.
  "store",
  "metadata",
]);

/** What would need something to be kept, and what to do instead. */
const STATEFUL: ReadonlyMap<string, string> = new Map([
  [
    "previous_response_id",
    'cannot be followed, for no answers are kept here: send the whole conversation in "input", with the "output" items of earlier answers ("store": false)',
  ],
  [
    "conversation",
    'cannot be followed, for no conversations are kept here: send the whole conversation in "input"',
  ],
  ["background", 'is not possible, for no answers are kept here: ask without it, best with "stream": true'],
]);

/** The parameters that a body states, under the names of OpenAI chat; unknown ones pass. */
export function readParams(body: JsonObject, complaints: Complaints, gap: NoteGap): Params {
  for (const [name, why] of STATEFUL) {
    const value = member(body, name) ?? false;
    if (value !== false) complaints.add(name, why, "stateless");
  }
  checkMembers(CHECKS, body, complaints);
  const include = member(body, "include");
  const odds = Array.isArray(include) && include.includes("message.output_text.logprobs");
  if (odds || (member(body, "top_logprobs") ?? 0) !== 0) gap("top_logprobs", false);
  if ((member(body, "prompt") ?? null) !== null) gap("prompt", false);
  if (member(body, "truncation") === "auto") gap("truncation", true);
  if ((member(body, "context_management") ?? null) !== null) gap("context_management", true);

  const rest = Object.entries(body).filter(([name, value]) => !PLACED.has(name) && value !== null);
  const text = objectOf(member(body, "text"));
  return {
    ...Object.fromEntries(rest),
    ...renamed("max_tokens", member(body, "max_output_tokens")),
    ...renamed("reasoning_effort", member(objectOf(member(body, "reasoning")), "effort")),
    ...renamed("response_format", formatOf(member(text, "format"))),
    ...renamed("verbosity", member(text, "verbosity")),
    stream: member(body, "stream") === true,
  };
}

function renamed(name: string, value: Json | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [name]: value };
}

/** What stands beside the type here, chat completions wrap in `json_schema`. */
function formatOf(format: Json | undefined): Json | undefined {
  if (!isJsonObject(format) || member(format, "type") === "text") return undefined;
  const { type, ...schema } = format;
  return type === "json_schema" ? { type, json_schema: schema } : format;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function checkText(value: Json): string | undefined {
  return typeof value === "string" ? undefined : "has to be a string";
}

function checkInclude(value: Json): string | undefined {
  return areStrings(value) ? undefined : "has to be a list of strings";
}

function checkReasoning(value: Json): string | undefined {
  if (!isJsonObject(value)) return "has to be an object";
  const effort = member(value, "effort") ?? "";
  return typeof effort === "string" ? undefined : "has to say a word for effort";
}

function checkFormat(value: Json): string | undefined {
  if (!isJsonObject(value)) return "has to be an object";
  const format = member(value, "format") ?? null;
  if (format === null) return undefined;
  if (!isJsonObject(format) || typeof member(format, "type") !== "string")
    return "has to have a format with a type";
  const lacksSchema = member(format, "type") === "json_schema" && !isJsonObject(member(format, "schema"));
  return lacksSchema ? "has a format of type json_schema, which has to have an object schema" : undefined;
}
