import { readFileSync } from "node:fs";
import type { ChatEvent } from "../../../src/core/chat.ts";
import type { WireEvent } from "../../../src/dialects/dialect.ts";
import { createDecoder } from "../../../src/dialects/openai-chat/stream.ts";

/** Text of a recorded file, such as `text.response.txt`. */
export function recorded(file: string): string {
  return readFileSync(new URL(`../../fixtures/openai-chat/${file}`, import.meta.url), "utf8");
}

/** The framed events of a recorded stream that uses one `data:` line each. */
export function recordedEvents(name: string): WireEvent[] {
  return recorded(`${name}.response.txt`)
    .split("\n\n")
    .filter((block) => block.startsWith("data: "))
    .map((block) => ({ data: block.slice("data: ".length) }));
}

/** What a decoder makes of events: JSON values, or text as it stands. The transport ends after them. */
export function decodeStream(...data: readonly unknown[]): ChatEvent[] {
  const decoder = createDecoder();
  const events = data.flatMap((piece) =>
    decoder.push({ data: typeof piece === "string" ? piece : JSON.stringify(piece) }),
  );
  return [...events, ...decoder.end()];
}

/** A chunk with one choice. */
export function chunk(delta: object, finish: string | null = null, more: object = {}): object {
  return { id: "c1", model: "m", choices: [{ index: 0, delta, finish_reason: finish }], ...more };
}

/** The text of all text deltas. */
export function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}

/** The failure that ends the events; throws when they end otherwise. */
export function failureOf(events: readonly ChatEvent[]) {
  const last = events.at(-1);
  if (last?.type !== "failure") throw new Error(`no failure at the end of ${JSON.stringify(events)}`);
  return last.failure;
}

/** How the events end, when they end well. */
export function endOf(events: readonly ChatEvent[]) {
  const last = events.at(-1);
  if (last?.type !== "response-end") throw new Error(`no proper end of ${JSON.stringify(events)}`);
  return last;
}
