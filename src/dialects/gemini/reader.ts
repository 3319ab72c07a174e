import { type ChatEvent, isContent, type StopReason } from "../../core/chat.ts";
import { malformed } from "../../core/failure.ts";
import { filledText, isObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import { decodeInBand } from "./failure.ts";
import { decodeUsage } from "./usage.ts";

/** Puts one answer together, out of one whole object or many: all have the same fields. */
export interface Reader {
  /** What one object means. A `failure` is the last event. */
  take(body: unknown): ChatEvent[];
  /** Whether the backend said why it stopped. */
  finished(): boolean;
  /** Nothing more comes: `response-end`, or a failure when the answer was cut off or nothing was in it. */
  end(): ChatEvent[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Starts reading an answer. */
export function createReader(): Reader {
  let started = false;
  let objects = 0;
  let content = false;
  let answer: string | undefined;
  let calls = 0;
  const ids = new Set<string>();
  let reason: StopReason | undefined;
  let usage: Usage | undefined;

  const fail = (failure: ReturnType<typeof malformed>): ChatEvent => ({
    type: "failure",
    failure,
    ...(usage !== undefined && { usage }),
  });

  function start(body: Fields, events: ChatEvent[]): void {
    if (started) return;
    answer = filledText(body["responseId"]);
    const model = filledText(body["modelVersion"]);
    if (answer === undefined && model === undefined) return;
    started = true;
    events.push({
      type: "response-start",
      ...(answer !== undefined && { id: answer }),
      ...(model !== undefined && { model }),
    });
  }

  function takePart(part: Fields, events: ChatEvent[]): void {
    const text = part["text"];
    if (typeof text === "string" && text !== "") {
      events.push({ type: part["thought"] === true ? "reasoning-delta" : "text-delta", text });
    }
    const signature = filledText(part["thoughtSignature"]);
    const proof = signature === undefined ? undefined : ({ dialect: "gemini", data: signature } as const);
    const call = part["functionCall"];
    const name = isObject(call) ? filledText(call["name"]) : undefined;
    if (isObject(call) && name !== undefined) {
      const index = calls++;
      const id = freshId(filledText(call["id"]), index);
      events.push({ type: "tool-call-start", index, id, name, ...(proof !== undefined && { proof }) });
      const args = isObject(call["args"]) ? call["args"] : {};
      events.push({ type: "tool-call-delta", index, json: JSON.stringify(args) });
    } else if (proof !== undefined) {
      events.push({ type: "reasoning-proof", proof });
    }
  }

  /** Gemini gives ids lately, and to some calls none. */
  function freshId(stated: string | undefined, index: number): string {
    const made = `call_${answer === undefined ? "" : `${answer}_`}${index}`;
    const id = stated === undefined || ids.has(stated) ? made : stated;
    ids.add(id);
    return id;
  }

  function takeCandidate(candidate: Fields, events: ChatEvent[]): void {
    const said = candidate["content"];
    const parts = isObject(said) ? said["parts"] : undefined;
    if (Array.isArray(parts)) for (const part of parts) if (isObject(part)) takePart(part, events);
    if (events.some(isContent)) content = true;
    const stop = filledText(candidate["finishReason"]);
    if (stop === undefined || stop === "FINISH_REASON_UNSPECIFIED") return;
    if (BROKEN.has(stop)) {
      const told = filledText(candidate["finishMessage"]);
      events.push(
        fail(malformed(`the backend stopped with ${stop}${told === undefined ? "" : `: ${told}`}`)),
      );
      return;
    }
    reason = STOP_REASONS.get(stop) ?? "stop";
  }

  return {
    take(body) {
      const one: unknown = Array.isArray(body) ? body[0] : body;
      if (!isObject(one)) return [fail(malformed("not an answer: no JSON object"))];
      usage = decodeUsage(one["usageMetadata"]) ?? usage;
      if (one["error"] !== undefined && one["error"] !== null) return [fail(decodeInBand(one))];
      objects += 1;
      const events: ChatEvent[] = [];
      start(one, events);
      const candidate = firstOf(one["candidates"]);
      if (candidate !== undefined) takeCandidate(candidate, events);
      const feedback = one["promptFeedback"];
      const blocked = isObject(feedback) ? filledText(feedback["blockReason"]) : undefined;
      if (blocked !== undefined && candidate === undefined) {
        events.push(
          fail({
            class: "refused",
            message: `the prompt was blocked: ${blocked}`,
            code: blocked,
            status: 400,
          }),
        );
      }
      return events;
    },
    finished: () => reason !== undefined,
    end() {
      if (reason === undefined) return [fail(malformed(cutMessage()))];
      if (!content && reason !== "content_filter") return [fail(malformed("empty response"))];
      const told = reason === "stop" && calls > 0 ? "tool_calls" : reason;
      return [{ type: "response-end", reason: told, ...(usage !== undefined && { usage }) }];
    },
  };

  function cutMessage(): string {
    if (content) return "the stream broke off before the answer was complete";
    return objects === 0 ? "empty response" : "the stream ended before the answer began";
  }
}

/** https://ai.google.dev/api/generate-content#FinishReason; anything else is a plain stop. */
const STOP_REASONS: ReadonlyMap<string, StopReason> = new Map([
  ["MAX_TOKENS", "length"],
  ["SAFETY", "content_filter"],
  ["RECITATION", "content_filter"],
  ["LANGUAGE", "content_filter"],
  ["BLOCKLIST", "content_filter"],
  ["PROHIBITED_CONTENT", "content_filter"],
  ["SPII", "content_filter"],
  ["IMAGE_SAFETY", "content_filter"],
  ["IMAGE_PROHIBITED_CONTENT", "content_filter"],
  ["IMAGE_RECITATION", "content_filter"],
  ["MODEL_ARMOR", "content_filter"],
]);

/** The model tried to call a tool, and nobody can use what it wrote. */
const BROKEN: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MISSING_THOUGHT_SIGNATURE",
  "MALFORMED_RESPONSE",
]);

function firstOf(candidates: unknown): Fields | undefined {
  if (!Array.isArray(candidates)) return undefined;
  return candidates.find((one): one is Fields => isObject(one) && (one["index"] ?? 0) === 0);
}
