import type { ChatEvent, StopReason } from "../../core/chat.ts";
import { malformed } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import { decodeInBand } from "./failure.ts";
import { createUsage } from "./usage.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Puts one answer together, from the events of a stream or the parts of a whole message. */
export interface Reader {
  /** `message_start`, or a whole message without its content. */
  start(message: unknown): ChatEvent[];
  /** A block begins; of a whole message it holds all of it. */
  open(block: unknown): ChatEvent[];
  delta(delta: unknown): ChatEvent[];
  /** The block that is open ends. */
  close(): ChatEvent[];
  /** Why it stopped, and what was counted. */
  stop(said: unknown, usage: unknown): ChatEvent[];
  finished(): boolean;
  /** The end of an answer that is whole: `response-end`, or a failure when there was nothing in it. */
  complete(): ChatEvent[];
  /** The end of an answer that was cut off. */
  cut(): ChatEvent[];
  fail(error: unknown): ChatEvent[];
}

/** Starts reading an answer. */
export function createReader(): Reader {
  const counted = createUsage();
  let begun = false;
  let content = false;
  let calls = 0;
  /** The block that is open: its type, what proves it, and whether the arguments of a call have come. */
  let block = "";
  let signature = "";
  let hasInput = false;
  let reason: StopReason | undefined;
  let stopSequence: string | undefined;

  function said(text: unknown, type: "text-delta" | "reasoning-delta"): ChatEvent[] {
    if (typeof text !== "string" || text === "") return [];
    content = true;
    return [{ type, text }];
  }

  function input(json: unknown): ChatEvent[] {
    if (typeof json !== "string" || json === "" || block !== "tool_use") return [];
    hasInput = true;
    return [{ type: "tool-call-delta", index: calls - 1, json }];
  }

  function call(part: Fields): ChatEvent[] {
    const { id, name, input: whole } = part;
    if (typeof name !== "string" || name === "") return broken("a tool call without a name");
    content = true;
    const index = calls++;
    const own = typeof id === "string" && id !== "" ? id : `call_${index}`;
    const start: ChatEvent = { type: "tool-call-start", index, id: own, name };
    // In a stream it stands empty here, and comes in pieces.
    const full = isObject(whole) && Object.keys(whole).length > 0 ? input(JSON.stringify(whole)) : [];
    return [start, ...full];
  }

  function broken(message: string): ChatEvent[] {
    return failure({ type: "failure", failure: malformed(message) });
  }

  function failure(event: Extract<ChatEvent, { type: "failure" }>): ChatEvent[] {
    const usage = counted.usage();
    return [usage === undefined ? event : { ...event, usage }];
  }

  return {
    start(message) {
      begun = true;
      if (!isObject(message)) return [];
      counted.take(message["usage"]);
      const { id, model } = message;
      const named = typeof id === "string" && id !== "" ? { id } : {};
      return [{ type: "response-start", ...named, ...(typeof model === "string" && { model }) }];
    },
    open(part) {
      block = isObject(part) && typeof part["type"] === "string" ? part["type"] : "";
      signature = "";
      hasInput = false;
      if (!isObject(part)) return [];
      switch (block) {
        case "text":
          return said(part["text"], "text-delta");
        case "thinking":
          if (typeof part["signature"] === "string") signature = part["signature"];
          return said(part["thinking"], "reasoning-delta");
        case "redacted_thinking": {
          const { data } = part;
          if (typeof data !== "string" || data === "") return [];
          return [{ type: "reasoning-proof", proof: { dialect: "anthropic", data, redacted: true } }];
        }
        case "tool_use":
          return call(part);
        default:
          // Searches and programs that the server ran by itself; what it found it tells as text.
          return [];
      }
    },
    delta(delta) {
      if (!isObject(delta)) return [];
      switch (delta["type"]) {
        case "text_delta":
          return said(delta["text"], "text-delta");
        case "thinking_delta":
          return said(delta["thinking"], "reasoning-delta");
        case "input_json_delta":
          return input(delta["partial_json"]);
        case "signature_delta":
          if (typeof delta["signature"] === "string") signature += delta["signature"];
          return [];
        default:
          return [];
      }
    },
    close() {
      const was = block;
      block = "";
      if (was === "thinking" && signature !== "") {
        return [{ type: "reasoning-proof", proof: { dialect: "anthropic", data: signature } }];
      }
      // A call without arguments is one with an empty object.
      return was === "tool_use" && !hasInput
        ? [{ type: "tool-call-delta", index: calls - 1, json: "{}" }]
        : [];
    },
    stop(told, usage) {
      counted.take(usage);
      if (!isObject(told)) return [];
      const { stop_reason: why, stop_sequence: which } = told;
      if (typeof why !== "string") return [];
      reason = STOP_REASONS.get(why) ?? "stop";
      if (typeof which === "string" && which !== "") stopSequence = which;
      return [];
    },
    finished: () => reason !== undefined,
    complete() {
      if (!content && reason !== "content_filter") return broken("empty response");
      const usage = counted.usage();
      return [
        {
          type: "response-end",
          reason: agreeing(reason ?? "stop", calls > 0),
          ...(stopSequence !== undefined && { stopSequence }),
          ...(usage !== undefined && { usage }),
        },
      ];
    },
    cut() {
      if (content) return broken("the stream broke off before the answer was complete");
      return broken(begun ? "the stream ended before the answer began" : "empty response");
    },
    fail: (error) => failure({ type: "failure", failure: decodeInBand(error) }),
  };
}

/** https://docs.anthropic.com/en/api/handling-stop-reasons; `pause_turn` and reasons nobody knows yet are a plain stop. */
const STOP_REASONS: ReadonlyMap<string, StopReason> = new Map([
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
  ["refusal", "content_filter"],
]);

/** What was sent decides whether tools were called. */
function agreeing(reason: StopReason, calledTools: boolean): StopReason {
  if (reason === "stop" && calledTools) return "tool_calls";
  return reason === "tool_calls" && !calledTools ? "stop" : reason;
}
