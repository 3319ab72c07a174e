import type { ChatRequest, Params, Tool, ToolChoice } from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import { define } from "../checks.ts";
import type { EncodeTarget, WireRequest } from "../dialect.ts";
import { effortFor, mostOutput, refusedParams } from "../openai/model-rules.ts";
import { strictIfFit, withFitFormat } from "../openai/strict.ts";
import { choiceOf } from "../openai/tools.ts";
import { post } from "../openai/wire.ts";
import { encodeMessages } from "./messages.ts";

/** Writes a request as `POST /chat/completions`. */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): WireRequest {
  const chosen = choiceOf(request);
  const params = encodeParams(target);
  const body = {
    model: target.model,
    messages: encodeMessages(request.messages, target),
    ...(request.tools.length > 0 && {
      tools: request.tools.map((tool) => encodeTool(target.type === "openai" ? strictIfFit(tool) : tool)),
    }),
    ...(chosen !== undefined && { tool_choice: encodeToolChoice(chosen) }),
    ...(request.tools.length > 0 ? params : withoutCalls(params)),
    ...(target.stream && { stream: true, stream_options: { include_usage: true } }),
  };
  return post(JSON.stringify(body), target.key, "/chat/completions");
}

/** The parameters under the names that the backend knows; what its model would refuse is left out or made less. */
export function encodeParams(target: EncodeTarget): Params {
  const { type, model } = target;
  // Whether the answer streams is the caller's decision, made once for path, clocks and body together.
  const stated = type === "openai" ? withFitFormat(target.params) : target.params;
  const refused = refusedParams(target);
  const most = mostOutput(target);
  const effort = effortFor(target);
  const params: Record<string, Json> = {};
  for (const name of Object.keys(stated)) {
    if (name === "stream" || name === "reasoning_effort" || refused.some(({ field }) => field === name))
      continue;
    const value = stated[name] ?? null;
    define(params, name, LIMITS.includes(name) && exceeds(value, most) ? most : value);
  }
  if (effort !== undefined) params["reasoning_effort"] = effort;
  if (type !== "openai") return rename(params, "max_completion_tokens", "max_tokens");
  return refusesMaxTokens(model) ? rename(params, "max_tokens", "max_completion_tokens") : params;
}

/** Two names of one parameter: who stated one has stated both. */
export const LIMITS: readonly string[] = ["max_tokens", "max_completion_tokens"];

/** Whether a limit is more than a model can have. */
export function exceeds(value: Json | undefined, most: number | undefined): most is number {
  return typeof value === "number" && most !== undefined && value > most;
}

/** What is refused where there are no tools, in the words of the choice among them. */
function withoutCalls({ parallel_tool_calls: _, ...rest }: Params): Params {
  return rest;
}

/**
 * OpenAI's reasoning models answer 400 to `max_tokens`; they want `max_completion_tokens`, which most local servers do
 * not know: https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_tokens
 */
function refusesMaxTokens(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d))/.test(model);
}

/** The parameters with one renamed; where both names are set, the wanted one stays as it is. */
function rename(params: Params, from: string, to: string): Params {
  if (!Object.hasOwn(params, from)) return params;
  const { [from]: value, ...rest } = params;
  return value === undefined || Object.hasOwn(rest, to) ? rest : { ...rest, [to]: value };
}

function encodeTool({ name, description, parameters, strict }: Tool): object {
  return {
    type: "function",
    function: {
      name,
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(strict !== undefined && { strict }),
    },
  };
}

function encodeToolChoice(choice: ToolChoice): string | object {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
}
