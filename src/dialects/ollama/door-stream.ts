import type { ChatEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing, StreamEncoder } from "../dialect.ts";
import { createCalls, endOf, type Said, writeObject } from "./door-answer.ts";

/** Writes an answer as lines. Calls go whole, for their arguments are objects; the last line says `done`. */
export function createEncoder(identity: AnswerIdentity, request: Framing): StreamEncoder {
  const calls = createCalls();
  const line = (said: Said, end?: object) => `${writeObject(identity, request, said, end)}\n`;
  return {
    push(event: ChatEvent) {
      switch (event.type) {
        case "text-delta":
        case "refusal-delta":
          return line({ content: event.text });
        case "reasoning-delta":
          return line({ content: "", thinking: event.text });
        case "response-end": {
          const told = calls.all().map((call) => line({ content: "", tool_calls: [call] }));
          return told.join("") + line({ content: "" }, endOf(identity, event));
        }
        default:
          calls.take(event);
          return "";
      }
    },
  };
}

/** What stands last in a stream that broke off: without a line that says `done`. */
export function encodeStreamFailure(message: string): string {
  return `${JSON.stringify({ error: message })}\n`;
}
