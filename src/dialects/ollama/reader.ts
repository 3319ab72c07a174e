import type { ChatEvent, StopReason } from "../../core/chat.ts";
import { malformed as malformedFailure } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import { decodeInBand } from "../openai/failure.ts";

/** Puts one answer together, out of one whole object or many lines: both have the same fields. */
export interface Reader {
  /** What one object means. A `failure` is the last event. */
  take(body: unknown): ChatEvent[];
  /** Whether the object that says `done` was seen. */
  finished(): boolean;
  /** The end of an answer that is whole: `response-end`, or a failure when there was nothing in it. */
  complete(): ChatEvent[];
  /** The end of an answer that was cut off. */
  cut(): ChatEvent[];
}

/** Starts reading an answer. */
export function createReader(): Reader {
  let started = false;
  let objects = 0;
  let content = false;
  let calls = 0;
  let done = false;
  let doneReason: unknown;
  let usage: Usage | undefined;
  const ids = new Set<string>();

  function callEvents(list: unknown): ChatEvent[] {
    if (!Array.isArray(list)) return [];
    return list.flatMap((call: unknown): ChatEvent[] => {
      const said = isObject(call) ? call["function"] : undefined;
      if (!isObject(call) || !isObject(said)) return [];
      const name = said["name"];
      if (typeof name !== "string" || name === "") return malformed("a tool call without a name");
      const index = calls++;
      const id = idFor(call["id"], index);
      return [
        { type: "tool-call-start", index, id, name },
        { type: "tool-call-delta", index, json: argumentsText(said["arguments"]) },
      ];
    });
  }

  /** Older versions give calls no ids. */
  function idFor(stated: unknown, index: number): string {
    const wanted = typeof stated === "string" && stated !== "" && !ids.has(stated) ? stated : undefined;
    let id = wanted ?? `call_${index}`;
    while (ids.has(id)) id += "_";
    ids.add(id);
    return id;
  }

  return {
    take(body) {
      if (!isObject(body)) return malformed("not an answer: no JSON object");
      if (isError(body["error"])) return [{ type: "failure", failure: decodeInBand(body) }];
      objects += 1;
      const events: ChatEvent[] = [];
      const model = body["model"];
      if (!started && typeof model === "string" && model !== "") {
        started = true;
        events.push({ type: "response-start", model });
      }
      const message = messageIn(body);
      if (message !== undefined) {
        const said = events.length;
        const { thinking, content: text } = message;
        if (typeof thinking === "string" && thinking !== "")
          events.push({ type: "reasoning-delta", text: thinking });
        if (typeof text === "string" && text !== "") events.push({ type: "text-delta", text });
        events.push(...callEvents(message["tool_calls"]));
        if (events.length > said) content = true;
        const broken = events.findIndex(({ type }) => type === "failure");
        if (broken !== -1) return events.slice(0, broken + 1);
      }
      if (body["done"] === true) {
        done = true;
        doneReason = body["done_reason"];
        usage = readUsage(body);
      }
      return events;
    },
    finished: () => done,
    complete() {
      if (!content && (doneReason === "load" || doneReason === "unload"))
        return malformed(`empty response: the model was only ${doneReason}ed`);
      if (!content) return malformed("empty response");
      const end = { type: "response-end", reason: stopReason(doneReason, calls > 0) } as const;
      return [usage === undefined ? end : { ...end, usage }];
    },
    cut() {
      if (content) return malformed("the stream broke off before the answer was complete");
      return malformed(objects === 0 ? "empty response" : "the stream ended before the answer began");
    },
  };
}

/** What is said: in a chat it stands by itself, what `/api/generate` brought stands among the rest. */
export function messageIn(
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const { message, response, thinking } = body;
  if (isObject(message)) return message;
  return typeof response === "string" ? { content: response, thinking } : undefined;
}

/** The last event of an answer that is not what the format promises. */
export function malformed(message: string): ChatEvent[] {
  return [{ type: "failure", failure: malformedFailure(message) }];
}

function isError(error: unknown): boolean {
  return isObject(error) || (typeof error === "string" && error !== "");
}

function stopReason(reason: unknown, calledTools: boolean): StopReason {
  if (reason === "length") return "length";
  return calledTools ? "tool_calls" : "stop";
}

/** An object as it should be; gateways write text. */
function argumentsText(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  return isObject(value) ? JSON.stringify(value) : "{}";
}

/**
 * Without a count of the prompt, which a cache may have spared the server, the whole is not known: nexus estimates it then.
 */
function readUsage(body: Readonly<Record<string, unknown>>): Usage | undefined {
  const input = body["prompt_eval_count"];
  const output = body["eval_count"] ?? 0;
  if (!isCount(input) || !isCount(output) || input + output === 0) return undefined;
  return { input, cacheRead: 0, cacheWrite: 0, output, reasoning: 0, estimated: false };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
