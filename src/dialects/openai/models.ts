import type { Capability, ModelInfo } from "../../core/backend.ts";
import { isObject } from "../../core/json.ts";
import type { WireRequest } from "../dialect.ts";
import { commonHeaders } from "./wire.ts";

/** Asks for the list of models, which costs nothing and loads nothing. */
export function modelsRequest(key: string | undefined): WireRequest {
  return { method: "GET", path: "/models", headers: commonHeaders(key) };
}

/** Reads `{"data": [{"id": …}]}`, or the bare array some servers send. Undefined: not a model list. */
export function decodeModels(body: unknown): readonly ModelInfo[] | undefined {
  const list = isObject(body) ? body["data"] : body;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((entry: unknown) => (isObject(entry) ? decodeModel(entry) : []));
}

type Entry = Readonly<Record<string, unknown>>;

function decodeModel(entry: Entry): ModelInfo[] {
  const id = entry["id"];
  if (typeof id !== "string" || id === "") return [];
  const contextLength = readContextLength(entry);
  const maxOutputTokens = readMaxOutput(entry);
  const capabilities = readCapabilities(entry);
  return [
    {
      id,
      ...(contextLength !== undefined && { contextLength }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(capabilities !== undefined && { capabilities }),
    },
  ];
}

/**
 * The window that is loaded, under the names of vLLM, llama.cpp, OpenRouter, Groq and Mistral. What a model was trained
 * for (`meta.n_ctx_train`) is no promise and is not read.
 */
function readContextLength(entry: Entry): number | undefined {
  const meta = isObject(entry["meta"]) ? entry["meta"] : {};
  return firstPositive(
    entry["max_model_len"],
    meta["n_ctx"],
    entry["loaded_context_length"],
    entry["context_length"],
    entry["context_window"],
    entry["max_context_length"],
  );
}

function readMaxOutput(entry: Entry): number | undefined {
  const top = isObject(entry["top_provider"]) ? entry["top_provider"] : {};
  return firstPositive(
    entry["max_completion_tokens"],
    entry["max_output_tokens"],
    top["max_completion_tokens"],
  );
}

/** OpenRouter states all of it, so that what it leaves out is missing: https://openrouter.ai/docs/api-reference/list-available-models */
function readCapabilities(entry: Entry): readonly Capability[] | undefined {
  const architecture = isObject(entry["architecture"]) ? entry["architecture"] : {};
  const inputs = architecture["input_modalities"];
  const parameters = entry["supported_parameters"];
  if (!Array.isArray(inputs) || !Array.isArray(parameters)) return undefined;
  const stated: Readonly<Record<Capability, boolean>> = {
    vision: inputs.includes("image"),
    tools: parameters.includes("tools"),
    json: parameters.includes("response_format") || parameters.includes("structured_outputs"),
  };
  return (["vision", "tools", "json"] as const).filter((capability) => stated[capability]);
}

function firstPositive(...values: readonly unknown[]): number | undefined {
  return values.find(
    (value): value is number => typeof value === "number" && Number.isFinite(value) && value > 0,
  );
}
