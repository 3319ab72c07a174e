import type { Json } from "../../core/json.ts";
import type { DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { scanBody, splice } from "../json-body.ts";
import { encodeConfig } from "./config.ts";
import { isFormat } from "./door-config.ts";
import { encodeEmbeddings } from "./door-embeddings.ts";
import { camelCase } from "./door-fields.ts";
import { post } from "./request.ts";

/**
 * The client's own bytes for a backend that speaks the same dialect: only the model is another, which stands in the path, and
 * parameters of the profile stand behind what the client's `generationConfig` says where it stated none.
 */
export function encodeSame(request: DoorRequest, target: EncodeTarget): WireRequest {
  if (request.task === "embeddings") return encodeEmbeddings(request, target);
  const { text, members } = request;
  const { model, params, system } = target;
  // It may stand in the body, too, and has to be the one of the path.
  const replace = { model: `models/${model.replace(/^models\//, "")}` };
  const add = system === undefined ? {} : { systemInstruction: { parts: [{ text: system }] } };
  const own = splice(text, members, { replace, add });
  const profile = Object.entries(encodeConfig(params, model));
  return post(target, profile.length === 0 ? own : withConfig(own, profile));
}

function withConfig(text: string, profile: readonly (readonly [string, Json])[]): string {
  const { members } = scanBody(text);
  const config = members.find(({ key }) => camelCase(key) === "generationConfig");
  const said = config === undefined ? "" : text.slice(config.valueStart, config.valueEnd);
  const { members: inner } = scanBody(said);
  const stated = inner.map(({ key }) => camelCase(key));
  const formed = stated.some(isFormat);
  const added = profile.filter(([name]) => !stated.includes(name) && !(formed && isFormat(name)));
  const add = Object.fromEntries(added);
  if (added.length === 0) return text;
  if (config === undefined) return splice(text, members, { replace: {}, add: { generationConfig: add } });
  const whole = said.startsWith("{") ? splice(said, inner, { replace: {}, add }) : JSON.stringify(add);
  return text.slice(0, config.valueStart) + whole + text.slice(config.valueEnd);
}
