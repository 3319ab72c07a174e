import type { ChatRequest, Tool } from "../../core/chat.ts";
import type { EncodeTarget, WireRequest } from "../dialect.ts";
import { encodeMessages } from "./messages.ts";
import { encodeParams } from "./params.ts";

/** Writes a request as `POST /api/chat`: https://docs.ollama.com/api/chat */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): WireRequest {
  // There is no way to forbid tools but to leave them out.
  const tools = request.toolChoice === "none" ? [] : request.tools;
  const body = {
    model: target.model,
    messages: encodeMessages(request.messages),
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
    ...encodeParams(target),
    // Streams unless told otherwise.
    stream: target.stream,
  };
  const headers = { "content-type": "application/json", ...commonHeaders(target.key) };
  return { method: "POST", path: "/api/chat", headers, body: JSON.stringify(body) };
}

/** Headers of every request to such a server; a key is for servers behind a gateway, and for Ollama's cloud. */
export function commonHeaders(key: string | undefined): Record<string, string> {
  return { accept: "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) };
}

function encodeTool({ name, description, parameters }: Tool): object {
  return {
    type: "function",
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? { type: "object", properties: {} },
    },
  };
}
