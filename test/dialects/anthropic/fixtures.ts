import { readFileSync } from "node:fs";
import path from "node:path";
import type { ChatEvent, ChatRequest, Params } from "../../../src/core/chat.ts";
import { isObject } from "../../../src/core/json.ts";
import { encodeRequest } from "../../../src/dialects/anthropic/request.ts";
import { createDecoder } from "../../../src/dialects/anthropic/stream.ts";
import { frameEvents } from "../../../src/upstream/event-stream.ts";

/** A recorded body. */
export function recorded(name: string): string {
  return readFileSync(path.join(import.meta.dirname, "../../fixtures/anthropic", `${name}.txt`), "utf8");
}

/** What a stream means that comes in these pieces. */
export function decodeStream(...pieces: readonly string[]): readonly ChatEvent[] {
  const decoder = createDecoder();
  const framer = frameEvents();
  const events = [...pieces.flatMap((piece) => framer.feed(piece)), ...framer.end()];
  return [...events.flatMap((event) => decoder.push(event)), ...decoder.end()];
}

/** A request with one message of the user's, but for what is given. */
export function asking(over: Partial<ChatRequest> = {}): ChatRequest {
  return {
    messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
    tools: [],
    params: {},
    ...over,
  };
}

/** The body that goes out. */
export function bodyOf(request: ChatRequest, params: Params = {}, model = "claude-sonnet-4-5") {
  const { body = "" } = encodeRequest(request, { type: "anthropic", model, params, stream: false, key: "k" });
  const parsed: unknown = JSON.parse(body);
  return isObject(parsed) ? parsed : {};
}
