import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import type { DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { splice } from "../json-body.ts";
import { encodeParams } from "./params.ts";
import { commonHeaders } from "./request.ts";

/**
 * The client's own bytes for a backend that speaks the same dialect, at this path: only the model is another, and parameters of the
 * profile stand where the client stated none, options among its own options.
 */
export function encodeSame(path: string, { text, members }: DoorRequest, target: EncodeTarget): WireRequest {
  const add = encodeParams(target);
  const written = members.find(({ key }) => key === "options");
  const own = written && parseJson(text.slice(written.valueStart, written.valueEnd));
  const replace = { model: target.model, ...options(add["options"], own) };
  const headers = { "content-type": "application/json", ...commonHeaders(target.key) };
  return { method: "POST", path, headers, body: splice(text, members, { replace, add }) };
}

/** Nothing where the profile has none that the client lacks: its text stays as it is then. */
function options(profile: Json | undefined, own: Json | undefined): JsonObject {
  if (!isJsonObject(profile) || !isJsonObject(own)) return {};
  const lacks = Object.keys(profile).some((name) => !Object.hasOwn(own, name));
  return lacks ? { options: { ...profile, ...own } } : {};
}
