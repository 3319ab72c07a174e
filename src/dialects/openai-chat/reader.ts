import type { ChatEvent, StopReason } from "../../core/chat.ts";
import type { Failure } from "../../core/failure.ts";
import { filledText, isObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import { malformedEnd } from "../malformed.ts";
import { readNumber } from "../number.ts";
import { decodeInBand, errorIn } from "../openai/failure.ts";
import { decodeUsage } from "../openai/usage.ts";
import { createToolCalls, type ToolCalls } from "./tool-calls.ts";

/** Puts one answer together, out of one whole message or many chunks: both have the same fields. */
export interface Reader {
  /** What one object means. A `failure` is the last event. */
  take(body: unknown): ChatEvent[];
  /** The same events; a failure among them with the tokens that the backend counted before it. */
  counted(events: readonly ChatEvent[]): ChatEvent[];
  /** Whether the backend said why it stopped. */
  finished(): boolean;
  /** The end of an answer that is whole: `response-end`, or a failure when there was nothing in it. */
  complete(): ChatEvent[];
  /** The end of an answer that was cut off before the backend said why it stopped. */
  cut(): ChatEvent[];
}

/** Starts reading an answer. */
export function createReader(): Reader {
  let answer: string | undefined;
  /** Most answers have none. */
  let calls: ToolCalls | undefined;
  let started = false;
  let objects = 0;
  let content = false;
  let reason: StopReason | undefined;
  let usage: Usage | undefined;

  function start(body: Fields, events: ChatEvent[]): void {
    if (started) return;
    const id = filledText(body["id"]);
    const model = filledText(body["model"]);
    if (id === undefined && model === undefined) return;
    started = true;
    answer = id;
    calls?.name(id);
    events.push({
      type: "response-start",
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
    });
  }

  function takeChoice(choice: Fields, events: ChatEvent[]): void {
    const said = choice["delta"] ?? choice["message"];
    const before = events.length;
    if (isObject(said)) {
      takeContent(said, events);
      for (const event of takeCalls(said["tool_calls"])) events.push(event);
    }
    if (events.length > before) content = true;
    const stop = filledText(choice["finish_reason"]);
    if (stop === undefined) return;
    const broken = brokenStop(stop);
    if (broken === undefined) reason = STOP_REASONS.get(stop) ?? "stop";
    else events.push({ type: "failure", failure: broken });
  }

  function takeCalls(pieces: unknown): ChatEvent[] {
    if (!Array.isArray(pieces)) return [];
    if (calls === undefined) {
      calls = createToolCalls();
      calls.name(answer);
    }
    return calls.take(pieces);
  }

  return {
    take(body) {
      // Usage may be told more than once, growing; the last that says anything holds, and nothing is added up.
      if (isObject(body)) usage = decodeUsage(body["usage"]) ?? usage;
      const error = errorIn(body);
      if (error !== undefined) return [{ type: "failure", failure: decodeInBand(error) }];
      if (!isObject(body)) return malformedEnd("not an answer: no JSON object");
      objects += 1;
      const events: ChatEvent[] = [];
      start(body, events);
      const choice = firstChoice(body["choices"]);
      if (choice !== undefined) takeChoice(choice, events);
      return events;
    },
    counted: (events) =>
      events.map((event) => (event.type === "failure" && usage !== undefined ? { ...event, usage } : event)),
    finished: () => reason !== undefined,
    complete() {
      if (calls?.nameless()) return malformedEnd("a tool call without a name");
      if (!content && reason !== "content_filter") return malformedEnd("empty response");
      const why = agreeing(reason ?? "stop", calls !== undefined && calls.count() > 0);
      if (usage === undefined) return [{ type: "response-end", reason: why }];
      return [{ type: "response-end", reason: why, usage }];
    },
    cut() {
      if (content) return malformedEnd("the stream broke off before the answer was complete");
      return malformedEnd(objects === 0 ? "empty response" : "the stream ended before the answer began");
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Only one choice is ever asked for; of several, the first counts. Azure opens with none at all. */
function firstChoice(choices: unknown): Fields | undefined {
  if (!Array.isArray(choices)) return undefined;
  return choices.find((choice) => isObject(choice) && readNumber(choice["index"] ?? 0) === 0);
}

/** Reasoning has two names: `reasoning_content` (DeepSeek, vLLM, llama.cpp), `reasoning` (OpenRouter, Ollama, newer vLLM). */
function takeContent(said: Fields, events: ChatEvent[]): void {
  const reasoning = filledText(said["reasoning_content"]) ?? filledText(said["reasoning"]);
  if (reasoning !== undefined) events.push({ type: "reasoning-delta", text: reasoning });
  for (const event of textOf(said["content"])) events.push(event);
  const refusal = filledText(said["refusal"]);
  if (refusal !== undefined) events.push({ type: "refusal-delta", text: refusal });
}

/** Text, or Mistral's list of parts: https://docs.mistral.ai/capabilities/reasoning */
function textOf(content: unknown): ChatEvent[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text-delta", text: content }];
  if (!Array.isArray(content)) return [];
  return content.filter(isObject).flatMap((part): ChatEvent[] => {
    if (part["type"] !== "thinking") return textOf(part["text"]);
    return textOf(part["thinking"]).flatMap((event) =>
      event.type === "text-delta" ? [{ type: "reasoning-delta", text: event.text }] : [],
    );
  });
}

/** Anything else (`eos_token`, `end_turn`, …) is a plain stop. */
const STOP_REASONS: ReadonlyMap<string, StopReason> = new Map([
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["tool_calls", "tool_calls"],
  ["function_call", "tool_calls"],
  ["content_filter", "content_filter"],
]);

/** What servers write for a reason when they gave up: OpenRouter, vLLM, and https://api-docs.deepseek.com/api/create-chat-completion */
function brokenStop(reason: string): Failure | undefined {
  if (reason === "insufficient_system_resource") return { class: "overloaded", message: reason, status: 503 };
  if (reason !== "error" && reason !== "abort") return undefined;
  return { class: "server", message: `the backend stopped with "${reason}"` };
}

/** Servers disagree on whether tool calls end in `stop`: what was sent decides. */
function agreeing(reason: StopReason, calledTools: boolean): StopReason {
  if (reason === "stop" && calledTools) return "tool_calls";
  return reason === "tool_calls" && !calledTools ? "stop" : reason;
}
