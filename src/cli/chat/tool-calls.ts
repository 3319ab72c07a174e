import type { ChatEvent } from "../../core/chat.ts";

/** A call that the model asks for, as printed. `arguments` is the text the model wrote, usually JSON. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** Puts the tool calls of an answer together from its events; other events are passed over. */
export function toolCallCollector(): { add(event: ChatEvent): void; calls(): readonly ToolCall[] } {
  const calls = new Map<number, { id: string; name: string; pieces: string[] }>();
  return {
    add(event) {
      if (event.type === "tool-call-start") {
        calls.set(event.index, { id: event.id, name: event.name, pieces: [] });
      } else if (event.type === "tool-call-delta") {
        calls.get(event.index)?.pieces.push(event.json);
      }
    },
    calls: () =>
      [...calls.values()].map(({ id, name, pieces }) => ({ id, name, arguments: pieces.join("") })),
  };
}
