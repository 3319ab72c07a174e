import type { Gap } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, createComplaints, member } from "../checks.ts";
import type { AskedAt, BadRequest, DoorRequest } from "../dialect.ts";
import { readJsonRequest } from "../json-request.ts";
import { checkToolsText } from "../tool-limits.ts";
import { readConfig } from "./door-config.ts";
import { readContents } from "./door-contents.ts";
import { decodeEmbeddings } from "./door-embeddings.ts";
import { fieldsOf } from "./door-fields.ts";
import { readCalling, readTools } from "./door-tools.ts";

/** Longest name of a model. */
const MAX_MODEL = 512;

const VERBS = [
  "generateContent",
  "streamGenerateContent",
  "countTokens",
  "embedContent",
  "batchEmbedContents",
] as const;

/** What may be asked of a model, and how its answer is to come. */
interface Ask {
  readonly model: string;
  readonly verb: (typeof VERBS)[number];
}

/** Reads the body of `POST /v1beta/models/{model}:{verb}`. A name may hold colons and slashes. */
export function decodeRequest(bytes: Uint8Array, at: AskedAt): DoorRequest | BadRequest {
  const ask = readPath(at.rest);
  if ("ok" in ask) return ask;
  const { model, verb } = ask;
  if (model.length > MAX_MODEL) {
    const message = `"model" is longer than ${MAX_MODEL} characters`;
    return { ok: false, status: 400, code: "invalid_model", param: "model", message };
  }
  if (verb === "embedContent" || verb === "batchEmbedContents")
    return decodeEmbeddings(bytes, model, verb === "batchEmbedContents");
  const read = readJsonRequest(bytes);
  if (!read.ok) return read;
  const { text, members } = read;
  const complaints = createComplaints();
  const gaps: Gap[] = [];
  const note = (field: string, harmless = false): void => {
    gaps.push({ field, harmless });
  };
  const stream = verb === "streamGenerateContent";
  const array = stream && !wantsEvents(at, complaints);
  checkTwice(read.body, complaints);
  checkToolsText(members, complaints);
  const body = verb === "countTokens" ? countedOf(fieldsOf(read.body), complaints) : fieldsOf(read.body);
  const { messages, foreign } = readContents(body, complaints, note);
  const declared = readTools(body["tools"], complaints, note);
  const calling = readCalling(body["toolConfig"], declared, complaints);
  const { params, thoughts } = readConfig(body["generationConfig"], complaints, note);
  for (const [name, value] of Object.entries(body)) noteRest(name, value, note);
  return (
    complaints.first() ?? {
      ok: true,
      task: verb === "countTokens" ? "count" : "chat",
      model,
      stream,
      includeUsage: true,
      request: { messages, ...calling, params },
      gaps,
      text,
      members,
      ...(foreign && { reframed: true }),
      forAnswer: { array, thoughts },
    }
  );
}

function readPath(rest: string): Ask | BadRequest {
  const end = rest.lastIndexOf(":");
  const verb = VERBS.find((one) => one === rest.slice(end + 1));
  const model = rest.slice(0, end).replace(/^models\//, "");
  if (end !== -1 && verb !== undefined && model.trim() !== "") return { model, verb };
  const message = `no such method; a path ends in a model and one of ${VERBS.map((one) => `:${one}`).join(", ")}`;
  return { ok: false, status: 404, code: "unknown_route", message };
}

/** Server-sent events, or one JSON array that grows. */
function wantsEvents({ query }: AskedAt, complaints: Complaints): boolean {
  const alt = query["alt"] ?? query["$alt"] ?? "json";
  if (alt !== "sse" && !/^json(;|$)/.test(alt)) complaints.add("alt", "has to be sse or json");
  return alt === "sse";
}

/** One field under both of its names is stated twice. */
function checkTwice(body: JsonObject, complaints: Complaints): void {
  const names = Object.keys(fieldsOf(body));
  const stated = Object.values(body).filter((value) => value !== null);
  if (names.length < stated.length) complaints.add("body", "states a field under two names", "duplicate_key");
}

/** What is counted stands in the body itself, or in the request that would be sent. */
function countedOf(body: JsonObject, complaints: Complaints): JsonObject {
  const whole = member(body, "generateContentRequest");
  if (whole === undefined) return body;
  if (isJsonObject(whole)) return fieldsOf(whole);
  complaints.add("generateContentRequest", "has to be an object");
  return {};
}

/** Read elsewhere, or said of the model in the path. */
const READ: ReadonlySet<string> = new Set([
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
  "model",
]);

/** What only Google understands. A filter that is off, a label, or a field that nobody knows changes little where it is left out. */
function noteRest(name: string, value: Json, note: (field: string, harmless?: boolean) => void): void {
  if (READ.has(name)) return;
  if (name === "safetySettings") note(name, areOff(value));
  else note(name, name !== "cachedContent");
}

/** Filters that are asked to let everything through: what others do who have none. */
function areOff(settings: Json): boolean {
  return (
    Array.isArray(settings) &&
    settings.every((one: Json) => isJsonObject(one) && OFF.has(member(one, "threshold")))
  );
}

const OFF: ReadonlySet<unknown> = new Set(["BLOCK_NONE", "OFF", "HARM_BLOCK_THRESHOLD_UNSPECIFIED"]);
