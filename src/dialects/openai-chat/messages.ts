import type { ImagePart, Message, Part, ToolCallPart, ToolResultPart } from "../../core/chat.ts";
import { createCallIds } from "../call-ids.ts";
import type { EncodeTarget } from "../dialect.ts";
import { wireName } from "../openai/tools.ts";
import { resultsFirst } from "../results-first.ts";
import { spellerFor } from "./call-id-rules.ts";
import { encodeThoughtSignature } from "./thought-signature.ts";

/**
 * The conversation. One neutral message may be several on the wire: each tool result is a message of its own. Every call gets its result
 * before anybody else speaks, and every result has its call, because OpenAI refuses anything else.
 */
export function encodeMessages(
  messages: readonly Message[],
  { type, model }: Pick<EncodeTarget, "type" | "model">,
): object[] {
  const ids = createCallIds(spellerFor(type, model));
  const wire: object[] = [];
  /** What tools brought that only users can say: images, and results of calls that nobody made. */
  let beside: object[] = [];

  function settle(): void {
    for (const id of ids.unanswered()) wire.push({ role: "tool", tool_call_id: id, content: "(no result)" });
    if (beside.length > 0) wire.push({ role: "user", content: beside });
    beside = [];
  }

  function takeResult({ id, content }: ToolResultPart): void {
    const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
    const called = ids.result(id);
    if (called !== undefined) wire.push({ role: "tool", tool_call_id: called, content: text });
    else if (text !== "") beside.push({ type: "text", text });
    beside.push(...content.flatMap((part) => (part.type === "image" ? [encodeImagePart(part)] : [])));
  }

  function encodeCall({ id, name, arguments: args, proof }: ToolCallPart): object {
    const signature = type === "google" ? encodeThoughtSignature(proof) : {};
    const said = { name: type === "openai" ? wireName(name) : name, arguments: args };
    return { id: ids.call(id), type: "function", function: said, ...signature };
  }

  for (const { role, parts } of resultsFirst(messages)) {
    if (role === "tool") {
      for (const part of parts) if (part.type === "tool-result") takeResult(part);
      continue;
    }
    settle();
    const calls = parts.flatMap((part) => (part.type === "tool-call" ? [encodeCall(part)] : []));
    const reasoning = takesReasoning({ type, model }) ? reasoningOf(parts) : "";
    wire.push({
      role,
      content: encodeContent(parts),
      // Other providers' models may have thought nothing that can be told.
      ...((reasoning !== "" || (calls.length > 0 && missesReasoning(model))) && {
        reasoning_content: reasoning,
      }),
      ...(calls.length > 0 && { tool_calls: calls }),
    });
  }
  settle();
  return wire;
}

/**
 * Whether a server reads what a model thought before. Models of open weights want it back while they call tools, DeepSeek's and Moonshot's
 * in their own clouds as well; OpenAI has no place for it: https://platform.openai.com/docs/guides/reasoning
 */
export function takesReasoning(target: Pick<EncodeTarget, "type" | "model">): boolean {
  return target.type !== "openai" || missesReasoning(target.model);
}

/** Whether a call without what was thought before it is refused: https://api-docs.deepseek.com/guides/thinking_mode#tool-calls */
function missesReasoning(model: string): boolean {
  return /^(deepseek-(?!r1-distill)|kimi-)/.test(model);
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
