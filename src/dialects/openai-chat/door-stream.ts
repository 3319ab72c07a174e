import type { ChatEvent, ContentEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing, StreamEncoder } from "../dialect.ts";
import { answerId } from "./door-answer.ts";
import { encodeStreamFailure } from "./door-stream-failure.ts";
import { encodeUsage } from "./door-usage.ts";
import { encodeReasoningDetail } from "./reasoning-details.ts";
import { encodeThoughtSignature } from "./thought-signature.ts";

/** Writes an answer as chunks: role first, usage only when asked for, `[DONE]` only behind an answer that is whole. */
export function createEncoder(identity: AnswerIdentity, { includeUsage }: Framing): StreamEncoder {
  const { created, model } = identity;
  const id = answerId(identity);
  let begun = false;
  let details = 0;
  /** What was thought since the last proof, which is told with it once more: clients send back the list alone. */
  let thought = "";

  /** What every chunk begins with, written once: a stream is little else. */
  const head = `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model }).slice(0, -1)}`;

  function chunk(choices: string, usage: object | null = null): string {
    return `${head},"choices":[${choices}]${includeUsage ? `,"usage":${JSON.stringify(usage)}` : ""}}\n\n`;
  }

  function choice(delta: object, reason: string | null = null): string {
    const said = JSON.stringify(delta);
    return chunk(`{"index":0,"delta":${said},"logprobs":null,"finish_reason":${JSON.stringify(reason)}}`);
  }

  function begin(): string {
    if (begun) return "";
    begun = true;
    return choice({ role: "assistant", content: "" });
  }

  return {
    push(event: ChatEvent) {
      switch (event.type) {
        case "response-start":
          return begin();
        case "failure":
          return encodeStreamFailure(event.failure.message);
        case "response-end": {
          const usage = includeUsage && event.usage !== undefined ? chunk("", encodeUsage(event.usage)) : "";
          return `${begin()}${choice({}, event.reason)}${usage}data: [DONE]\n\n`;
        }
        case "bytes":
          return "";
        case "reasoning-proof": {
          const detail = encodeReasoningDetail({ text: thought, proof: event.proof }, details++);
          thought = "";
          return begin() + choice({ reasoning_details: [detail] });
        }
        case "reasoning-delta":
          thought += event.text;
          return begin() + choice({ reasoning_content: event.text });
        default:
          return begin() + choice(deltaOf(event));
      }
    },
  };
}

function deltaOf(event: Exclude<ContentEvent, { type: "reasoning-delta" }>): object {
  switch (event.type) {
    case "text-delta":
      return { content: event.text };
    case "refusal-delta":
      return { refusal: event.text };
    case "tool-call-start": {
      const { index, id, name, proof } = event;
      const call = { index, id, type: "function", function: { name, arguments: "" } };
      return { tool_calls: [{ ...call, ...encodeThoughtSignature(proof) }] };
    }
    case "tool-call-delta":
      return { tool_calls: [{ index: event.index, function: { arguments: event.json } }] };
  }
}
