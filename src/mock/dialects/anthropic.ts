import { isObject, parseJson } from "../../core/json.ts";
import type { FullAnswer } from "../answer.ts";
import type { Frames, MockCall, MockDialect, MockError } from "./dialect.ts";
import { halves, lastUserText } from "./pieces.ts";

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages */
export const anthropic: MockDialect = {
  chatPaths: ["/v1/messages", "/messages"],
  embeddingsPaths: [],
  modelsPaths: ["/v1/models", "/models"],
  streamType: "text/event-stream; charset=utf-8",
  keyOf: (headers) => {
    const key = headers["x-api-key"];
    return typeof key === "string" ? key : undefined;
  },
  read(body) {
    if (!isObject(body)) return undefined;
    const { model, messages, stream, max_tokens } = body;
    if (typeof model !== "string" || typeof max_tokens !== "number" || !Array.isArray(messages))
      return undefined;
    const [first]: readonly unknown[] = messages;
    if (!isObject(first) || first["role"] !== "user") return undefined;
    return { model, stream: stream === true, includeUsage: true, prompt: lastUserText(messages) };
  },
  answer: (answer, call) =>
    JSON.stringify({
      ...envelope(answer, call),
      content: blocksOf(answer).map(({ block, whole }) => ({ ...block, ...whole })),
      stop_reason: stopReason(answer),
      ...(answer.usage && { usage: usage(answer.usage) }),
    }),
  frames,
  error,
  models: (models) =>
    JSON.stringify({
      data: models.map((model) => ({
        type: "model",
        display_name: model.id,
        created_at: "2025-01-01T00:00:00Z",
        ...model,
      })),
      has_more: false,
      first_id: models[0]?.id ?? null,
      last_id: models.at(-1)?.id ?? null,
    }),
};

/** One block of content: how it begins in a stream, the pieces that follow, and what a whole one holds. */
interface Block {
  readonly block: object;
  readonly deltas: readonly object[];
  readonly whole: object;
}

function thinkingOf({ reasoning }: FullAnswer): Block[] {
  if (reasoning === "") return [];
  const signature = "bW9jaw==";
  return [
    {
      block: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        { type: "thinking_delta", thinking: reasoning },
        { type: "signature_delta", signature },
      ],
      whole: { thinking: reasoning, signature },
    },
  ];
}

function textOf(text: string): Block[] {
  if (text === "") return [];
  return [{ block: { type: "text", text: "" }, deltas: [{ type: "text_delta", text }], whole: { text } }];
}

function restOf({ refusal, toolCalls }: FullAnswer): Block[] {
  const calls = toolCalls.map(
    ({ id, name, arguments: json }): Block => ({
      block: { type: "tool_use", id, name, input: {} },
      deltas: halves(json).map((partial_json) => ({ type: "input_json_delta", partial_json })),
      whole: { input: parseJson(json) ?? {} },
    }),
  );
  return [...textOf(refusal), ...calls];
}

function blocksOf(answer: FullAnswer): Block[] {
  return [...thinkingOf(answer), ...textOf(answer.text), ...restOf(answer)];
}

function frames(answer: FullAnswer, call: MockCall): Frames {
  const thinking = thinkingOf(answer);
  const at = thinking.length;
  let speaks = false;
  const begin = (index: number, block: object) => sse("content_block_start", { index, content_block: block });
  const delta = (index: number, piece: object) => sse("content_block_delta", { index, delta: piece });
  const end = (index: number) => sse("content_block_stop", { index });
  const whole = ({ block, deltas }: Block, index: number) => {
    const [first, ...more] = deltas.map((piece) => delta(index, piece));
    return [begin(index, block) + (first ?? ""), ...more.slice(0, -1), (more.at(-1) ?? "") + end(index)];
  };
  const counts = answer.usage && usage(answer.usage);
  return {
    opening: [
      sse("message_start", {
        message: {
          ...envelope(answer, call),
          content: [],
          stop_reason: null,
          ...(counts && { usage: { ...counts, output_tokens: 1 } }),
        },
      }),
      sse("ping", {}),
    ],
    reasoning: thinking.flatMap(whole),
    text(piece) {
      const opens = speaks ? "" : begin(at, { type: "text", text: "" });
      speaks = true;
      return opens + delta(at, { type: "text_delta", text: piece });
    },
    // Asked for after the text: by then it shows whether there was any.
    get rest() {
      const from = speaks ? at + 1 : at;
      return [
        ...(speaks ? [end(at)] : []),
        ...restOf(answer).flatMap((block, index) => whole(block, from + index)),
      ];
    },
    finish: [
      sse("message_delta", {
        delta: { stop_reason: stopReason(answer), stop_sequence: null },
        ...(answer.usage && { usage: { output_tokens: answer.usage.output } }),
      }),
    ],
    usage: [],
    done: [sse("message_stop", {})],
    error: (told) => `event: error\ndata: ${error(told)}\n\n`,
    malformed:
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"text":"bro\n\n',
    ping: sse("ping", {}),
  };
}

function sse(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

function envelope({ model }: FullAnswer, { number }: MockCall) {
  return { id: `msg_mock_${number}`, type: "message", role: "assistant", model, stop_sequence: null };
}

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
};

/** A reason of Anthropic's own stands as it is. */
function stopReason({ finishReason, refusal }: FullAnswer): string {
  return refusal === "" ? (STOP_REASONS[finishReason] ?? finishReason) : "refusal";
}

function usage({ input, output, cached = 0, reasoning }: NonNullable<FullAnswer["usage"]>) {
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
    ...(reasoning !== undefined && { output_tokens_details: { thinking_tokens: reasoning } }),
  };
}

/** https://docs.anthropic.com/en/api/errors */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

function error({ status, message }: MockError): string {
  const type = TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return JSON.stringify({ type: "error", error: { type, message }, request_id: "req_mock" });
}
