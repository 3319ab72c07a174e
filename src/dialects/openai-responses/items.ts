import type { ImagePart, Message, Part, TextPart, ToolResultPart } from "../../core/chat.ts";
import { createCallIds, spellWithin } from "../call-ids.ts";
import { wireName } from "../openai/tools.ts";
import { withoutLastThoughts } from "../parts.ts";
import { resultsFirst } from "../results-first.ts";

/** Longest `call_id` that OpenAI takes: https://platform.openai.com/docs/api-reference/responses/create */
const MAX_ID = 64;

/**
 * A conversation as items. System text at its beginning becomes the instructions. Every call gets its result and every result has its
 * call, because the provider refuses anything else.
 */
export function encodeItems(messages: readonly Message[]): {
  readonly instructions: string;
  readonly input: readonly object[];
} {
  // Instructions alone are no request: where nobody else speaks the system's words are the input.
  const first = Math.max(
    0,
    messages.findIndex(({ role }) => role !== "system"),
  );
  const instructions = messages.slice(0, first).map(textOf).join("\n\n");
  const input: object[] = [];
  const ids = createCallIds(spellWithin(MAX_ID));
  /** Results of calls that nobody made, which are told as the user's words. */
  let strays: object[] = [];

  /** A call that nobody answered, as when an agent was interrupted. */
  function answerPending(): void {
    for (const id of ids.unanswered()) input.push(outputItem(id, ""));
    input.push(...strays);
    strays = [];
  }

  function takeResult(result: ToolResultPart): void {
    const id = ids.result(result.id);
    if (id !== undefined) input.push(outputItem(id, outputOf(result)));
    else if (result.content.length > 0) strays.push(message("user", result.content.map(encodeInput)));
  }

  function takeAssistant(parts: readonly Part[]): void {
    let said: object[] = [];
    const speak = (): void => {
      if (said.length > 0) input.push(message("assistant", said));
      said = [];
    };
    // Reasoning that nothing follows is refused.
    for (const part of withoutLastThoughts(parts)) {
      if (part.type === "text") {
        if (part.text !== "") said.push({ type: "output_text", text: part.text });
        continue;
      }
      speak();
      if (part.type === "tool-call") {
        const name = wireName(part.name);
        input.push({ type: "function_call", call_id: ids.call(part.id), name, arguments: part.arguments });
      } else if (part.type === "reasoning" && part.proof?.dialect === "openai-responses") {
        input.push({
          type: "reasoning",
          ...(part.proof.id !== undefined && { id: part.proof.id }),
          summary: part.text === "" ? [] : [{ type: "summary_text", text: part.text }],
          encrypted_content: part.proof.data,
        });
      }
    }
    speak();
  }

  for (const { role, parts } of resultsFirst(messages.slice(first))) {
    if (role === "tool") {
      for (const part of parts) if (part.type === "tool-result") takeResult(part);
      continue;
    }
    answerPending();
    if (role === "assistant") {
      takeAssistant(parts);
      continue;
    }
    const content = parts.flatMap((part) =>
      part.type === "text" || part.type === "image" ? [encodeInput(part)] : [],
    );
    if (content.length > 0) input.push(message(role === "system" ? "developer" : "user", content));
  }
  answerPending();
  return { instructions, input };
}

function message(role: "user" | "developer" | "assistant", content: readonly object[]): object {
  return { type: "message", role, content };
}

function outputItem(callId: string, output: string | readonly object[]): object {
  return { type: "function_call_output", call_id: callId, output };
}

/** Plain text wherever that says it all: not every server of this dialect takes a list. */
function outputOf({ content }: ToolResultPart): string | readonly object[] {
  if (content.some(({ type }) => type === "image")) return content.map(encodeInput);
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function encodeInput(part: TextPart | ImagePart): object {
  if (part.type === "text") return { type: "input_text", text: part.text };
  const { media, data, detail = "auto" } = part;
  const url = media === undefined ? data : `data:${media};base64,${data}`;
  return { type: "input_image", image_url: url, detail };
}

function textOf({ parts }: Message): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}
