import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import type { DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { type Edits, splice } from "../json-body.ts";
import { encodeParams } from "./params.ts";
import { commonHeaders } from "./request.ts";

/** The client's own bytes for `POST /api/chat` of a backend that speaks the same dialect. */
export function encodeSameChat(request: DoorRequest, target: EncodeTarget): WireRequest {
  const { system } = target;
  const prepend = system === undefined ? {} : { messages: { role: "system", content: system } };
  return encodeSame("/api/chat", request, target, { add: {}, prepend });
}

/** The same for `POST /api/generate`. */
export function encodeSameGenerate(request: DoorRequest, target: EncodeTarget): WireRequest {
  const { system } = target;
  return encodeSame("/api/generate", request, target, { add: system === undefined ? {} : { system } });
}

/** Only the model is another, and what the profile says stands where the client said nothing, options among its own options. */
function encodeSame(
  path: string,
  { text, members }: DoorRequest,
  target: EncodeTarget,
  more: Omit<Edits, "replace">,
): WireRequest {
  const params = encodeParams(target);
  const written = members.find(({ key }) => key === "options");
  const own = written && parseJson(text.slice(written.valueStart, written.valueEnd));
  const replace = { model: target.model, ...options(params["options"], own) };
  const headers = { "content-type": "application/json", ...commonHeaders(target.key) };
  const edits = { ...more, replace, add: { ...params, ...more.add } };
  return { method: "POST", path, headers, body: splice(text, members, edits) };
}

/** Nothing where the profile has none that the client lacks: its text stays as it is then. */
function options(profile: Json | undefined, own: Json | undefined): JsonObject {
  if (!isJsonObject(profile) || !isJsonObject(own)) return {};
  const lacks = Object.keys(profile).some((name) => !Object.hasOwn(own, name));
  return lacks ? { options: { ...profile, ...own } } : {};
}
