import type { Capability, ModelInfo } from "../../core/backend.ts";
import { filledText, isObject } from "../../core/json.ts";
import type { WireRequest } from "../dialect.ts";
import { commonHeaders } from "./request.ts";

/** Asks for the models that were pulled, which costs nothing and loads nothing: https://docs.ollama.com/api/tags */
export function modelsRequest(key: string | undefined): WireRequest {
  return { method: "GET", path: "/api/tags", headers: commonHeaders(key) };
}

/** Reads `{"models": [{"name": …}]}`. Undefined: not a model list. The window of a loaded model stands in `/api/ps`. */
export function decodeModels(body: unknown): readonly ModelInfo[] | undefined {
  const list = isObject(body) ? body["models"] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const id = entry["name"] ?? entry["model"];
    if (typeof id !== "string" || id === "") return [];
    const capabilities = readCapabilities(entry["capabilities"]);
    // Models of its cloud, whatever they are called here: https://docs.ollama.com/cloud
    const elsewhere = [entry["remote_host"], entry["remote_model"]].some(
      (told) => filledText(told) !== undefined,
    );
    return [{ id, ...(capabilities !== undefined && { capabilities }), ...(elsewhere && { elsewhere }) }];
  });
}

/** Newer versions state all of them. Whatever completes can be held to a format. */
function readCapabilities(stated: unknown): readonly Capability[] | undefined {
  if (!Array.isArray(stated)) return undefined;
  const has = { vision: "vision", tools: "tools", json: "completion" } as const;
  return (["vision", "tools", "json"] as const).filter((capability) => stated.includes(has[capability]));
}
