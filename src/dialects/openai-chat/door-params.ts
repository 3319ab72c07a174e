import type { Params } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, define, member } from "../checks.ts";
import {
  type Check,
  checkBoolean,
  checkMembers,
  checkStop,
  checkWholeNumber,
  MAX_COUNT,
  numberIn,
  wholeNumberIn,
} from "../value-checks.ts";

/** Limits that every server has. Parameters that stand nowhere here are the backend's to judge. */
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ["temperature", numberIn(0, 2)],
  ["top_p", numberIn(0, 1)],
  ["presence_penalty", numberIn(-2, 2)],
  ["frequency_penalty", numberIn(-2, 2)],
  ["max_tokens", wholeNumberIn(1, MAX_COUNT)],
  ["max_completion_tokens", wholeNumberIn(1, MAX_COUNT)],
  ["n", wholeNumberIn(1, 128)],
  ["seed", checkWholeNumber],
  ["stop", checkStop],
  ["stream", checkBoolean],
  ["stream_options", checkStreamOptions],
  ["response_format", checkResponseFormat],
]);

/** What is no parameter but has a place of its own in the neutral request, or beside it. */
const PLACED: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "stream",
  "stream_options",
]);

/** The parameters that a body states, checked as far as all servers agree; unknown ones pass. */
export function readParams(body: JsonObject, complaints: Complaints): Params {
  checkMembers(CHECKS, body, complaints);
  const n = member(body, "n");
  if (typeof n === "number" && n > 1) {
    complaints.add("n", "can only be 1: ask several times for several answers", "unsupported_n");
  }
  if (isJsonObject(member(body, "stream_options")) && member(body, "stream") !== true) {
    complaints.add("stream_options", 'is only allowed with "stream": true');
  }
  const params: Record<string, Json> = {};
  for (const name of Object.keys(body)) {
    if (!PLACED.has(name)) define(params, name, body[name] ?? null);
  }
  params["stream"] = member(body, "stream") === true;
  return params;
}

/** Whether a stream is asked to end with its usage. */
export function wantsUsage(body: JsonObject): boolean {
  const options = member(body, "stream_options");
  return isJsonObject(options) && member(options, "include_usage") === true;
}

function checkStreamOptions(value: Json): string | undefined {
  if (!isJsonObject(value)) return "has to be an object";
  const usage = member(value, "include_usage") ?? false;
  return typeof usage === "boolean" ? undefined : "has to say true or false for include_usage";
}

function checkResponseFormat(value: Json): string | undefined {
  if (!isJsonObject(value) || typeof member(value, "type") !== "string")
    return "has to be an object with a type";
  const lacksSchema = member(value, "type") === "json_schema" && !isJsonObject(member(value, "json_schema"));
  return lacksSchema ? "of type json_schema has to have an object json_schema" : undefined;
}
