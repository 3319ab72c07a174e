import type { ChatEvent, StopReason } from "../../core/chat.ts";
import type { Usage } from "../../core/usage.ts";
import type { AnswerIdentity } from "../dialect.ts";
import { encodeUsage } from "./door-usage.ts";

interface Call {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; arguments: string };
}

/** Writes a whole answer as a `chat.completion`. */
export function encodeAnswer(events: readonly ChatEvent[], identity: AnswerIdentity): string {
  let text = "";
  let reasoning = "";
  let refusal = "";
  const calls: Call[] = [];
  let reason: StopReason = "stop";
  let usage: Usage | undefined;
  for (const event of events) {
    switch (event.type) {
      case "text-delta":
        text += event.text;
        break;
      case "reasoning-delta":
        reasoning += event.text;
        break;
      case "refusal-delta":
        refusal += event.text;
        break;
      case "tool-call-start":
        calls[event.index] = {
          id: event.id,
          type: "function",
          function: { name: event.name, arguments: "" },
        };
        break;
      case "tool-call-delta": {
        const call = calls[event.index];
        if (call !== undefined) call.function.arguments += event.json;
        break;
      }
      case "response-end":
        ({ reason, usage } = event);
    }
  }
  const { id, created, model } = identity;
  const toolCalls = calls.filter((call) => call !== undefined);
  const message = {
    role: "assistant",
    content: text === "" && (toolCalls.length > 0 || refusal !== "") ? null : text,
    refusal: refusal === "" ? null : refusal,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return JSON.stringify({
    id,
    object: "chat.completion",
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    ...(usage !== undefined && { usage: encodeUsage(usage) }),
  });
}
