import type { ChatRequest } from "../../core/chat.ts";
import type { EncodeTarget, WireRequest } from "../dialect.ts";
import { createMarks } from "./cache-marks.ts";
import { commonHeaders } from "./headers.ts";
import { encodeMessages, encodeSystem } from "./messages.ts";
import { translateParams } from "./params.ts";
import { encodeTools } from "./tools.ts";

/** Writes a request as `POST /messages`. */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): WireRequest {
  const mark = createMarks(request);
  // Marks count in the order in which the API reads: tools, system, messages.
  const tools = encodeTools(request, target.params, mark);
  const system = encodeSystem(request.messages, mark);
  const body = {
    model: target.model,
    ...translateParams(request, target).fields,
    ...(system !== undefined && { system }),
    ...tools,
    messages: encodeMessages(request.messages, mark),
    ...(target.stream && { stream: true }),
  };
  const headers = { "content-type": "application/json", ...commonHeaders(target.key) };
  return { method: "POST", path: "/messages", headers, body: JSON.stringify(body) };
}
