import type { ChatRequest, Tool, ToolChoice } from "../../core/chat.ts";
import type { EncodeTarget, WireRequest } from "../dialect.ts";
import { strictIfFit } from "../openai/strict.ts";
import { choiceOf } from "../openai/tools.ts";
import { post } from "../openai/wire.ts";
import { encodeItems } from "./items.ts";
import { encodeParams } from "./params.ts";

/** Writes a request as `POST /responses`. Nothing is left with the backend to be taken up again. */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): WireRequest {
  const { instructions, input } = encodeItems(request.messages);
  const chosen = choiceOf(request);
  const body = {
    model: target.model,
    ...(instructions !== "" && { instructions }),
    input,
    ...(request.tools.length > 0 && { tools: request.tools.map((tool) => encodeTool(strictIfFit(tool))) }),
    ...(chosen !== undefined && { tool_choice: encodeToolChoice(chosen) }),
    ...encodeParams(target),
    ...(target.stream && { stream: true }),
  };
  return post(JSON.stringify(body), target.key, "/responses");
}

/** Strict unless told otherwise, where chat completions are not: https://platform.openai.com/docs/guides/migrate-to-responses */
function encodeTool({ name, description, parameters, strict = false }: Tool): object {
  return {
    type: "function",
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? { type: "object", properties: {} },
    strict,
  };
}

function encodeToolChoice(choice: ToolChoice): string | object {
  return typeof choice === "string" ? choice : { type: "function", name: choice.name };
}
