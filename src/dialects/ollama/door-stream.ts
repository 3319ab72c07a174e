import type { ChatEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing, StreamEncoder } from "../dialect.ts";
import { createCalls, endOf, type Said, writeObject } from "./door-answer.ts";

/** Writes an answer as lines. Calls go whole, for their arguments are objects; the last line says `done`. */
export function createEncoder(identity: AnswerIdentity, request: Framing): StreamEncoder {
  const calls = createCalls();
  const line = (said: Said, end?: object) => `${writeObject(identity, request, said, end)}\n`;
  // A stream is little else than such lines: what stands around their text is written once.
  const aroundText = around(line({ content: MARK }));
  const aroundThought = around(line({ content: "", thinking: MARK }));
  return {
    push(event: ChatEvent) {
      switch (event.type) {
        case "text-delta":
        case "refusal-delta":
          return aroundText(event.text);
        case "reasoning-delta":
          return aroundThought(event.text);
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

/** Stands where text will stand. No model is called so. */
const MARK = "\u0000text";

function around(line: string): (text: string) => string {
  const [head = "", rest = ""] = line.split(JSON.stringify(MARK));
  return (text) => head + JSON.stringify(text) + rest;
}

/** What stands last in a stream that broke off: without a line that says `done`. */
export function encodeStreamFailure(message: string): string {
  return `${JSON.stringify({ error: message })}\n`;
}
