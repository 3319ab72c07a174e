import type { ModelInfo } from "../../core/backend.ts";
import { isObject } from "../../core/json.ts";
import type { WireRequest } from "../dialect.ts";
import { commonHeaders } from "./request.ts";

/** Asks for the list of models, which costs nothing, in one page: https://ai.google.dev/api/models#method:-models.list */
export function modelsRequest(key: string | undefined): WireRequest {
  return { method: "GET", path: "/models?pageSize=1000", headers: commonHeaders(key) };
}

/** What a model has to be able to do to be of any use here. */
const USEFUL: ReadonlySet<unknown> = new Set(["generateContent", "embedContent", "batchEmbedContents"]);

/** Reads `{"models": [{"name": "models/…"}]}`. Undefined: not a model list. */
export function decodeModels(body: unknown): readonly ModelInfo[] | undefined {
  const list = isObject(body) ? body["models"] : undefined;
  return Array.isArray(list) ? list.flatMap(decodeModel) : undefined;
}

function decodeModel(entry: unknown): ModelInfo[] {
  if (!isObject(entry) || typeof entry["name"] !== "string") return [];
  const id = entry["name"].replace(/^models\//, "");
  const methods = entry["supportedGenerationMethods"];
  if (id === "" || (Array.isArray(methods) && !methods.some((method) => USEFUL.has(method)))) return [];
  const input = positive(entry["inputTokenLimit"]);
  const output = positive(entry["outputTokenLimit"]);
  return [
    {
      id,
      ...(input !== undefined && { contextLength: input }),
      ...(output !== undefined && { maxOutputTokens: output }),
    },
  ];
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}
