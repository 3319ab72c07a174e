import type { ChatEvent, StopReason } from "../../core/chat.ts";
import { answerTokens, promptTokens, type Usage } from "../../core/usage.ts";
import type { AnswerIdentity, Framing } from "../dialect.ts";
import { argumentsOf } from "./messages.ts";

/** What one object of an answer says. */
export interface Said {
  readonly content: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly object[];
}

/** Writes an object of an answer: a message of a chat, or a piece of what was generated. */
export function writeObject(
  { created, model }: AnswerIdentity,
  { forAnswer }: Framing,
  said: Said,
  end: object = { done: false },
): string {
  const { content, ...more } = said;
  const told =
    forAnswer?.["generates"] === true
      ? { response: content, ...more }
      : { message: { role: "assistant", ...said } };
  return JSON.stringify({ model, created_at: new Date(created * 1000).toISOString(), ...told, ...end });
}

/** Calls that have begun, by their index. */
export function createCalls(): {
  take(event: ChatEvent): void;
  /** All of them, whole. */
  all(): readonly object[];
} {
  const calls = new Map<number, { readonly id: string; readonly name: string; json: string }>();
  return {
    take(event) {
      if (event.type === "tool-call-start")
        calls.set(event.index, { id: event.id, name: event.name, json: "" });
      const call = event.type === "tool-call-delta" ? calls.get(event.index) : undefined;
      if (event.type === "tool-call-delta" && call !== undefined) call.json += event.json;
    },
    all: () =>
      [...calls].map(([index, { id, name, json }]) => ({
        id,
        function: { index, name, arguments: argumentsOf(json) },
      })),
  };
}

/** How an answer ends. Durations are in nanoseconds; those that only the backend knows are left out. */
export function endOf(
  { elapsedMs }: AnswerIdentity,
  { reason, usage }: { readonly reason: StopReason; readonly usage?: Usage },
): object {
  return {
    done: true,
    done_reason: reason === "length" ? "length" : "stop",
    ...(elapsedMs !== undefined && { total_duration: Math.round(elapsedMs() * 1e6) }),
    ...(usage !== undefined && {
      prompt_eval_count: promptTokens(usage),
      eval_count: answerTokens(usage),
      ...(usage.estimated && { estimated: true }),
    }),
  };
}

/** Writes a whole answer. */
export function encodeAnswer(
  events: readonly ChatEvent[],
  identity: AnswerIdentity,
  request: Framing,
): string {
  let content = "";
  let thinking = "";
  const calls = createCalls();
  for (const event of events) {
    if (event.type === "text-delta" || event.type === "refusal-delta") content += event.text;
    else if (event.type === "reasoning-delta") thinking += event.text;
    else calls.take(event);
  }
  const tool_calls = calls.all();
  const end = events.findLast((event) => event.type === "response-end") ?? { reason: "stop" };
  const said = {
    content,
    ...(thinking !== "" && { thinking }),
    ...(tool_calls.length > 0 && { tool_calls }),
  };
  return writeObject(identity, request, said, endOf(identity, end));
}

/** Writes the answer to who only wants the model to be there. Whoever serves it loads it when it is asked something. */
export function encodeLoad(identity: AnswerIdentity, request: Framing): string {
  const done_reason = request.forAnswer?.["leaves"] === true ? "unload" : "load";
  return `${writeObject(identity, request, { content: "" }, { done: true, done_reason })}\n`;
}
