import type { Params } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member } from "../checks.ts";
import {
  type Check,
  checkBoolean,
  checkMembers,
  checkObject,
  checkStop,
  checkWholeNumber,
  numberIn,
} from "../value-checks.ts";
import type { NoteGap } from "./door-request.ts";

/** Limits that every server has. Options that stand nowhere here are the backend's to judge. */
const OPTIONS: ReadonlyMap<string, Check> = new Map([
  ["temperature", numberIn(0, 2)],
  ["top_p", numberIn(0, 1)],
  ["presence_penalty", numberIn(-2, 2)],
  ["frequency_penalty", numberIn(-2, 2)],
  ["num_predict", checkWholeNumber],
  ["num_ctx", checkWholeNumber],
  ["seed", checkWholeNumber],
  ["stop", checkStop],
]);

const FIELDS: ReadonlyMap<string, Check> = new Map([
  ["stream", checkBoolean],
  ["options", checkObject],
  ["format", checkFormat],
  ["think", checkThink],
  ["logprobs", checkBoolean],
]);

/** What a body states beside its prompt, under the names of OpenAI chat; options pass under their own. */
export function readParams(body: JsonObject, complaints: Complaints, gap: NoteGap): Params {
  const stated = member(body, "options");
  const options: JsonObject = isJsonObject(stated) ? stated : {};
  checkMembers(FIELDS, body, complaints);
  checkMembers(OPTIONS, options, complaints, "options.");
  if (member(body, "logprobs") === true || (member(body, "top_logprobs") ?? 0) !== 0) gap("logprobs", false);
  const { num_predict, ...rest } = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== null),
  );
  return {
    ...rest,
    // -1 is no limit, -2 as much as fits.
    ...(typeof num_predict === "number" && num_predict > 0 && { max_tokens: num_predict }),
    ...renamed("keep_alive", member(body, "keep_alive")),
    ...renamed("response_format", formatOf(member(body, "format"))),
    ...renamed("reasoning_effort", effortOf(member(body, "think"))),
    stream: isStream(body),
  };
}

/** Streams unless told otherwise. */
export function isStream(body: JsonObject): boolean {
  return member(body, "stream") !== false;
}

function renamed(name: string, value: Json | undefined): JsonObject {
  return value === undefined || value === null ? {} : { [name]: value };
}

function formatOf(format: Json | undefined): Json | undefined {
  if (format === "json") return { type: "json_object" };
  if (!isJsonObject(format)) return undefined;
  return { type: "json_schema", json_schema: { name: "answer", schema: format } };
}

/** https://docs.ollama.com/capabilities/thinking */
function effortOf(think: Json | undefined): Json | undefined {
  if (think === true) return "medium";
  return think === false ? "none" : think;
}

function checkFormat(value: Json): string | undefined {
  return value === "" || value === "json" || isJsonObject(value)
    ? undefined
    : 'has to be "json" or a JSON schema';
}

function checkThink(value: Json): string | undefined {
  return typeof value === "boolean" || typeof value === "string"
    ? undefined
    : "has to be true, false or a word such as low";
}
