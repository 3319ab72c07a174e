import type { Message, Part, ToolCallPart, ToolResultPart } from "../../core/chat.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json.ts";

/** Writes a conversation. One neutral message may be several on the wire: each tool result is a message of its own. */
export function encodeMessages(messages: readonly Message[]): object[] {
  /** Names of the functions called so far, by the ids of the calls: results are told by name. */
  const names = new Map<string, string>();
  return messages.flatMap(({ role, parts }) => {
    const calls = parts.filter((part) => part.type === "tool-call");
    for (const { id, name } of calls) names.set(id, name);
    const results = parts.filter((part) => part.type === "tool-result");
    const told = results.map((result) => encodeResult(result, names.get(result.id)));
    // A tool can only say text here: its images follow, as the user's.
    const images = imagesOf(results.flatMap(({ content }) => content));
    if (images.length > 0) told.push({ role: "user", content: "", images });
    return role === "tool" ? told : [encodeMessage(role, parts, calls), ...told];
  });
}

function encodeMessage(role: string, parts: readonly Part[], calls: readonly ToolCallPart[]): object {
  const images = imagesOf(parts);
  const thinking = parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
  return {
    role,
    content: textOf(parts),
    ...(thinking !== "" && { thinking }),
    ...(images.length > 0 && { images }),
    ...(calls.length > 0 && { tool_calls: calls.map(encodeCall) }),
  };
}

/** Versions before 0.12 know neither ids, which they ignore, nor how to tell calls of one function apart but by their order. */
function encodeCall({ id, name, arguments: text }: ToolCallPart): object {
  return { id, type: "function", function: { name, arguments: argumentsOf(text) } };
}

/** Arguments have to be an object here. What a model wrote that is none is kept as the text it is. */
export function argumentsOf(text: string): JsonObject {
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  return text.trim() === "" ? {} : { arguments: text };
}

function encodeResult({ id, content }: ToolResultPart, name: string | undefined): object {
  return {
    role: "tool",
    tool_call_id: id,
    ...(name !== undefined && { tool_name: name }),
    content: textOf(content),
  };
}

function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function imagesOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => (part.type === "image" ? [part.data] : []));
}
