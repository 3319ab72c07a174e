import type { ChatEvent, Message, Part } from "../../core/chat.ts";
import { toolCallCollector } from "./tool-calls.ts";

/** Puts an answer together from its events, as the message that a conversation goes on from. */
export function answerCollector(): {
  add(event: ChatEvent): void;
  /** What has come so far; undefined when that is nothing. */
  message(): Message | undefined;
} {
  const toolCalls = toolCallCollector();
  const texts: string[] = [];
  return {
    add(event) {
      if (event.type === "text-delta" || event.type === "refusal-delta") texts.push(event.text);
      else toolCalls.add(event);
    },
    message() {
      const text = texts.join("");
      const calls = toolCalls.calls().map((call): Part => ({ type: "tool-call", ...call }));
      const parts: readonly Part[] = [...(text === "" ? [] : [{ type: "text", text } as const]), ...calls];
      return parts.length === 0 ? undefined : { role: "assistant", parts };
    },
  };
}
