import type { Capability, ModelInfo } from "../../core/backend.ts";
import { isObject } from "../../core/json.ts";
import type { WireRequest } from "../dialect.ts";
import { commonHeaders } from "./headers.ts";

/** Asks for the list of models, which is free, in one page: https://docs.anthropic.com/en/api/models-list */
export function modelsRequest(key: string | undefined): WireRequest {
  return { method: "GET", path: "/models?limit=1000", headers: commonHeaders(key) };
}

/** Reads `{"data": [{"id": …}]}`. Undefined: not a model list. */
export function decodeModels(body: unknown): readonly ModelInfo[] | undefined {
  const list = isObject(body) ? body["data"] : undefined;
  return Array.isArray(list) ? list.flatMap(decodeModel) : undefined;
}

function decodeModel(entry: unknown): ModelInfo[] {
  const id = isObject(entry) ? entry["id"] : undefined;
  if (!isObject(entry) || typeof id !== "string" || id === "") return [];
  const window = entry["max_input_tokens"];
  const output = entry["max_tokens"];
  const capabilities = readCapabilities(entry["capabilities"]);
  return [
    {
      id,
      ...(isCount(window) && { contextLength: window }),
      ...(isCount(output) && { maxOutputTokens: output }),
      ...(capabilities !== undefined && { capabilities }),
    },
  ];
}

/** All models call tools; the list tells of the rest: `{"image_input": {"supported": true}, …}`. */
function readCapabilities(stated: unknown): readonly Capability[] | undefined {
  if (!isObject(stated)) return undefined;
  const has = (name: string): boolean => {
    const one = stated[name];
    return isObject(one) && one["supported"] === true;
  };
  const json: readonly Capability[] = has("structured_outputs") ? ["json"] : [];
  return [...(has("image_input") ? (["vision"] as const) : []), "tools", ...json];
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
