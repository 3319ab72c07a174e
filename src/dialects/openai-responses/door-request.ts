import { type Gap, type Message, param } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import { readModel } from "../asked-model.ts";
import { createComplaints, member } from "../checks.ts";
import type { BadRequest, DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { splice } from "../json-body.ts";
import { readJsonRequest } from "../json-request.ts";
import { post } from "../openai/wire.ts";
import { SEAL } from "../sealed-proof.ts";
import { checkToolsText } from "../tool-limits.ts";
import { isForeign, readInput } from "./door-items.ts";
import { readParams } from "./door-params.ts";
import { readToolChoice, readTools } from "./door-tools.ts";
import { encodeParams } from "./params.ts";

/** What an answer repeats of the request. */
const REPEATED = [
  "instructions",
  "max_output_tokens",
  "metadata",
  "parallel_tool_calls",
  "prompt_cache_key",
  "reasoning",
  "safety_identifier",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_p",
  "user",
];

/** Reads the body of `POST /v1/responses`. */
export function decodeRequest(bytes: Uint8Array): DoorRequest | BadRequest {
  const read = readJsonRequest(bytes);
  if (!read.ok) return read;
  const { text, members, body } = read;
  const complaints = createComplaints();
  const gaps: Gap[] = [];
  const note = (field: string, harmless: boolean): void => {
    if (!gaps.some((gap) => gap.field === field)) gaps.push({ field, harmless });
  };
  const model = readModel(body, complaints);
  const params = readParams(body, complaints, note);
  const input = member(body, "input") ?? undefined;
  const asks = input !== undefined || (member(body, "prompt") ?? null) === null;
  const messages = asks ? readInput(input, complaints, note) : [];
  if (Array.isArray(input) && input.length === 0) complaints.add("input", "is empty");
  checkToolsText(members, complaints);
  const tools = readTools(member(body, "tools"), complaints, note);
  const choice = readToolChoice(member(body, "tool_choice"), tools, complaints, note);
  return (
    complaints.first() ?? {
      ok: true,
      task: "chat",
      model,
      stream: member(body, "stream") === true,
      includeUsage: true,
      request: { messages: [...instructionsOf(body), ...messages], ...choice, params },
      gaps,
      text,
      members,
      forAnswer: repeated(body),
    }
  );
}

function instructionsOf(body: JsonObject): Message[] {
  const text = member(body, "instructions");
  return typeof text === "string" && text !== "" ? [{ role: "system", parts: [{ type: "text", text }] }] : [];
}

function repeated(body: JsonObject): JsonObject {
  return Object.fromEntries(
    REPEATED.flatMap((name) => {
      const value = member(body, name) ?? null;
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Objects of which a profile may state one member and the caller another. */
const NESTED = ["reasoning", "text"];

/**
 * The client's own bytes for a backend that speaks the same dialect: only the model is another, parameters of the profile stand where
 * the client stated none, and what other dialects proved, which it would refuse, is left out.
 */
export function encodeSame({ text, members }: DoorRequest, target: EncodeTarget): WireRequest {
  const { include: _, store, ...params } = encodeParams(target);
  const add: JsonObject = {
    ...params,
    ...(param(target.params, "store") !== undefined && { store }),
    ...(target.system !== undefined && { instructions: target.system }),
  };
  const stated = (name: string): Json | undefined => {
    const written = members.find(({ key }) => key === name);
    return written && parseJson(text.slice(written.valueStart, written.valueEnd));
  };
  const nested = NESTED.flatMap((name) => {
    const [own, more] = [add[name], isJsonObject(add[name]) ? stated(name) : undefined];
    if (!isJsonObject(own) || !isJsonObject(more)) return [];
    return Object.keys(own).every((key) => Object.hasOwn(more, key)) ? [] : [[name, { ...own, ...more }]];
  });
  const input = text.includes(SEAL) ? stated("input") : undefined;
  const replace = {
    model: target.model,
    ...Object.fromEntries(nested),
    ...(Array.isArray(input) && { input: input.filter((item: Json) => !isForeign(item)) }),
  };
  return post(splice(text, members, { replace, add }), target.key, "/responses");
}
