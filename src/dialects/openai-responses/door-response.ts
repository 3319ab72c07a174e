import type { ChatEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing } from "../dialect.ts";
import { encodeUsage } from "./door-usage.ts";

/** What every answer says that says nothing else; SDKs of typed languages want all of it. */
const DEFAULTS = {
  background: false,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: null,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_p: null,
  truncation: "disabled",
};

/** The parts of an answer that stand before its first word: who gives it, and what was asked. */
export function responseHead({ id, created, model }: AnswerIdentity, { forAnswer }: Framing): object {
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: created,
    model,
    ...DEFAULTS,
    ...forAnswer,
  };
}

/** An answer that has ended well. */
export function endedResponse(
  head: object,
  output: readonly object[],
  { reason, usage }: Pick<Extract<ChatEvent, { type: "response-end" }>, "reason" | "usage">,
): object & { readonly status: "completed" | "incomplete" } {
  const why = INCOMPLETE[reason];
  const ended = {
    ...head,
    status: why === null ? ("completed" as const) : ("incomplete" as const),
    incomplete_details: why === null ? null : { reason: why },
    output,
    usage: usage === undefined ? null : encodeUsage(usage),
  };
  return ended;
}

/** Why an answer is not complete, by the reason of its end. */
const INCOMPLETE = {
  stop: null,
  tool_calls: null,
  length: "max_output_tokens",
  content_filter: "content_filter",
} as const;
