import type { ChatEvent } from "../../core/chat.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import type { AnswerIdentity, Framing } from "../dialect.ts";
import { isShownAlone, writeCallId, writeSignature } from "./door-proofs.ts";
import { encodeStop } from "./door-stop.ts";
import { encodeUsage, NO_USAGE } from "./door-usage.ts";

interface Thinking {
  readonly type: "thinking";
  thinking: string;
  /** Undefined until its end is known. */
  signature: string | undefined;
}

interface Call {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  json: string;
}

type Block =
  | { readonly type: "text"; text: string }
  | Thinking
  | { readonly type: "redacted_thinking"; readonly data: string }
  | Call;

/** Writes a whole answer as a message. */
export function encodeAnswer(
  events: readonly ChatEvent[],
  identity: AnswerIdentity,
  request: Framing,
): string {
  const blocks: Block[] = [];
  const calls: Call[] = [];
  let refused = false;
  let stop = encodeStop({ type: "response-end", reason: "stop" }, false);
  let usage = NO_USAGE;
  for (const event of events) {
    const last = blocks.at(-1);
    switch (event.type) {
      case "refusal-delta":
      case "text-delta":
        refused ||= event.type === "refusal-delta";
        if (last?.type === "text") last.text += event.text;
        else if (event.text !== "") blocks.push({ type: "text", text: event.text });
        break;
      case "reasoning-delta":
        if (isOpen(last)) last.thinking += event.text;
        else if (event.text !== "")
          blocks.push({ type: "thinking", thinking: event.text, signature: undefined });
        break;
      case "reasoning-proof": {
        const signature = writeSignature(event.proof);
        if (isOpen(last) && !event.proof.redacted) last.signature = signature;
        else if (isShownAlone(event.proof, request))
          blocks.push({ type: "redacted_thinking", data: signature });
        break;
      }
      case "tool-call-start": {
        const call: Call = { type: "tool_use", id: writeCallId(event), name: event.name, json: "" };
        calls[event.index] = call;
        blocks.push(call);
        break;
      }
      case "tool-call-delta": {
        const call = calls[event.index];
        if (call !== undefined) call.json += event.json;
        break;
      }
      case "response-end":
        stop = encodeStop(event, refused);
        usage = event.usage ?? usage;
    }
  }
  return JSON.stringify({
    ...messageOf(identity),
    content: blocks.map(encodeBlock),
    ...stop,
    usage: encodeUsage(usage),
  });
}

/** What every message says of itself. */
export function messageOf({ id, model }: AnswerIdentity): object {
  return { id: `msg_${id}`, type: "message", role: "assistant", model };
}

function isOpen(block: Block | undefined): block is Thinking {
  return block?.type === "thinking" && block.signature === undefined;
}

function encodeBlock(block: Block): object {
  switch (block.type) {
    case "thinking":
      return { ...block, signature: block.signature ?? writeSignature(undefined) };
    case "tool_use": {
      const { json, ...rest } = block;
      return { ...rest, input: inputOf(json) };
    }
    default:
      return block;
  }
}

/** An object is promised here. What a model wrote that is none stands in one, as Anthropic advises for broken calls. */
function inputOf(json: string): object {
  const input = json.trim() === "" ? {} : parseJson(json);
  return isJsonObject(input) ? input : { invalid_json: json };
}
