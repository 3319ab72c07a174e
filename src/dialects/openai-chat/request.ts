import type {
  ChatRequest,
  ImagePart,
  Message,
  Params,
  Part,
  Tool,
  ToolCallPart,
  ToolChoice,
} from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import type { EncodeTarget, WireRequest } from "../dialect.ts";
import { mostOutput, refusesEffort } from "../openai/model-rules.ts";
import { post } from "../openai/wire.ts";
import { encodeThoughtSignature } from "./thought-signature.ts";

/** Writes a request as `POST /chat/completions`. */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): WireRequest {
  const body = {
    model: target.model,
    messages: request.messages.flatMap((message) => encodeMessage(message, target)),
    ...(request.tools.length > 0 && { tools: request.tools.map(encodeTool) }),
    ...(request.toolChoice !== undefined && { tool_choice: encodeToolChoice(request.toolChoice) }),
    ...encodeParams(target),
    ...(target.stream && { stream: true, stream_options: { include_usage: true } }),
  };
  return post(JSON.stringify(body), target.key, "/chat/completions");
}

/** The parameters under the names that the backend knows. */
export function encodeParams({ type, model, params }: EncodeTarget): Params {
  // Whether the answer streams is the caller's decision, made once for path, clocks and body together.
  const rest = within(params, { type, model });
  if (type === "openai")
    return refusesMaxTokens(model) ? rename(rest, "max_tokens", "max_completion_tokens") : rest;
  return rename(rest, "max_completion_tokens", "max_tokens");
}

/** What this model would refuse is left out or made less. */
function within({ stream: _, ...params }: Params, target: Pick<EncodeTarget, "type" | "model">): Params {
  const most = mostOutput(target);
  const kept = Object.entries(params).filter(
    ([name]) => !(name === "reasoning_effort" && refusesEffort(target)),
  );
  return Object.fromEntries(
    kept.map(([name, value]) => [name, LIMITS.includes(name) && exceeds(value, most) ? most : value]),
  );
}

/** Two names of one parameter: who stated one has stated both. */
export const LIMITS: readonly string[] = ["max_tokens", "max_completion_tokens"];

/** Whether a limit is more than a model can have. */
export function exceeds(value: Json | undefined, most: number | undefined): most is number {
  return typeof value === "number" && most !== undefined && value > most;
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
  const { [from]: value, ...rest } = params;
  return value === undefined || Object.hasOwn(rest, to) ? rest : { ...rest, [to]: value };
}

/** One neutral message may be several on the wire: each tool result is a message of its own. */
function encodeMessage({ role, parts }: Message, { type }: EncodeTarget): object[] {
  if (role === "tool") return encodeResults(parts);
  const calls = parts.flatMap((part) => (part.type === "tool-call" ? [encodeCall(part, type)] : []));
  const content = encodeContent(parts);
  const reasoning = takesReasoning(type) ? reasoningOf(parts) : "";
  return [
    {
      role,
      content,
      ...(reasoning !== "" && { reasoning_content: reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

function encodeCall({ id, name, arguments: args, proof }: ToolCallPart, type: EncodeTarget["type"]): object {
  const signature = type === "google" ? encodeThoughtSignature(proof) : {};
  return { id, type: "function", function: { name, arguments: args }, ...signature };
}

/** A tool can only say text here: its images follow, as the user's. */
function encodeResults(parts: readonly Part[]): object[] {
  const results = parts.filter((part) => part.type === "tool-result");
  const images = results.flatMap(({ content }) => content.filter((part) => part.type === "image"));
  return [
    ...results.map(({ id, content }) => ({
      role: "tool",
      tool_call_id: id,
      content: content.map((part) => (part.type === "text" ? part.text : "")).join(""),
    })),
    ...(images.length > 0 ? [{ role: "user", content: images.map(encodeImagePart) }] : []),
  ];
}

/**
 * Whether servers of this type read what a model thought before. Models of open weights want it back while they call tools; OpenAI
 * has no place for it: https://platform.openai.com/docs/guides/reasoning
 */
export function takesReasoning(type: EncodeTarget["type"]): boolean {
  return type !== "openai";
}

function reasoningOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
}

/** A plain string wherever that says it all: some servers and chat templates know nothing else. */
function encodeContent(parts: readonly Part[]): string | null | object[] {
  const pieces = parts.flatMap((part): object[] => {
    if (part.type === "text") return [{ type: "text", text: part.text }];
    return part.type === "image" ? [encodeImagePart(part)] : [];
  });
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  if (texts.length < pieces.length || texts.length > 1) return pieces;
  const calls = parts.some((part) => part.type === "tool-call");
  return texts[0] ?? (calls ? null : "");
}

function encodeImagePart({ media, data, detail }: ImagePart): object {
  const url = media === undefined ? data : `data:${media};base64,${data}`;
  return { type: "image_url", image_url: { url, ...(detail !== undefined && { detail }) } };
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
