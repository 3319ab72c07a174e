import type { ChatRequest } from "../../core/chat.ts";
import type { EncodeTarget, WireRequest } from "../dialect.ts";
import { encodeConfig } from "./config.ts";
import { encodeContents } from "./contents.ts";
import { encodeToolChoice, encodeTools } from "./tools.ts";

/** Writes a request as `POST /models/{model}:generateContent`, or `:streamGenerateContent` as server-sent events. */
export function encodeRequest(
  { messages, tools, toolChoice }: ChatRequest,
  target: EncodeTarget,
): WireRequest {
  const { model, params } = target;
  const generationConfig = encodeConfig(params, model);
  const body = {
    ...encodeContents(messages, model),
    ...(tools.length > 0 && { tools: encodeTools(tools) }),
    ...(tools.length > 0 && toolChoice !== undefined && { toolConfig: encodeToolChoice(toolChoice) }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  };
  return post(target, JSON.stringify(body));
}

/** Asks a model with this body. */
export function post({ model, stream, key }: EncodeTarget, body: string): WireRequest {
  const headers = { "content-type": "application/json", ...commonHeaders(key) };
  const verb = stream ? "streamGenerateContent?alt=sse" : "generateContent";
  return { method: "POST", path: `/${modelPath(model)}:${verb}`, headers, body };
}

/** Headers of every request; the key stands here and never in the address. */
export function commonHeaders(key: string | undefined): Record<string, string> {
  return { accept: "application/json", ...(key !== undefined && { "x-goog-api-key": key }) };
}

/** Tuned models are a collection of their own. */
function modelPath(model: string): string {
  const [, collection = "models", id = ""] = /^(?:(models|tunedModels)\/)?(.*)$/s.exec(model) ?? [];
  return `${collection}/${encodeURIComponent(id)}`;
}
