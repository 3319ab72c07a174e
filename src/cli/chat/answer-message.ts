import type { ChatEvent, Message, Part, Proof } from "../../core/chat.ts";
import { toolCallCollector } from "./tool-calls.ts";

/** A part that goes on while pieces of its kind come. */
interface Growing {
  readonly type: "text" | "reasoning";
  readonly pieces: string[];
  proof?: Proof;
}

/** Puts an answer together from its events, in their order, as the message that a conversation goes on from. */
export function answerCollector(): {
  add(event: ChatEvent): void;
  /** What has come so far; undefined when that is nothing. */
  message(): Message | undefined;
} {
  const toolCalls = toolCallCollector();
  const said: Growing[] = [];
  const part = (type: Growing["type"]): Growing => {
    const last = said.at(-1);
    if (last?.type === type && last.proof === undefined) return last;
    const next: Growing = { type, pieces: [] };
    said.push(next);
    return next;
  };
  return {
    add(event) {
      switch (event.type) {
        case "text-delta":
        case "refusal-delta":
          part("text").pieces.push(event.text);
          break;
        case "reasoning-delta":
          part("reasoning").pieces.push(event.text);
          break;
        case "reasoning-proof":
          part("reasoning").proof = event.proof;
          break;
        default:
          toolCalls.add(event);
      }
    },
    message() {
      const parts: readonly Part[] = [
        ...said.map(({ type, pieces, proof }): Part => {
          const text = pieces.join("");
          return type === "text" || proof === undefined ? { type, text } : { type, text, proof };
        }),
        ...toolCalls.calls().map((call): Part => ({ type: "tool-call", ...call })),
      ];
      return parts.length === 0 ? undefined : { role: "assistant", parts };
    },
  };
}
