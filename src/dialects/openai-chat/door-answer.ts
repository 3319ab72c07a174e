import type { ChatEvent, StopReason } from "../../core/chat.ts";
import type { Usage } from "../../core/usage.ts";
import type { AnswerIdentity } from "../dialect.ts";
import { encodeUsage } from "./door-usage.ts";
import { encodeReasoningDetail } from "./reasoning-details.ts";
import { encodeThoughtSignature } from "./thought-signature.ts";

interface Call {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; arguments: string };
  readonly extra_content?: object;
}

/** Writes a whole answer as a `chat.completion`. */
export function encodeAnswer(events: readonly ChatEvent[], identity: AnswerIdentity): string {
  let text = "";
  let reasoning = "";
  let refusal = "";
  const calls: Call[] = [];
  const details: object[] = [];
  let unproven = "";
  let reason: StopReason = "stop";
  let usage: Usage | undefined;
  for (const event of events) {
    switch (event.type) {
      case "text-delta":
        text += event.text;
        break;
      case "reasoning-delta":
        reasoning += event.text;
        unproven += event.text;
        break;
      case "reasoning-proof":
        details.push(encodeReasoningDetail({ text: unproven, proof: event.proof }, details.length));
        unproven = "";
        break;
      case "refusal-delta":
        refusal += event.text;
        break;
      case "tool-call-start":
        calls[event.index] = {
          id: event.id,
          type: "function",
          function: { name: event.name, arguments: "" },
          ...encodeThoughtSignature(event.proof),
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
  const { created, model } = identity;
  const toolCalls = calls.filter((call) => call !== undefined);
  const message = {
    role: "assistant",
    content: text === "" && (toolCalls.length > 0 || refusal !== "") ? null : text,
    refusal: refusal === "" ? null : refusal,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return JSON.stringify({
    id: answerId(identity),
    object: "chat.completion",
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    ...(usage !== undefined && { usage: encodeUsage(usage) }),
  });
}

/** How OpenAI names answers. */
export function answerId({ id }: AnswerIdentity): string {
  return `chatcmpl-${id}`;
}
