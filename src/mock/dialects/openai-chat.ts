import { isObject } from "../../core/json.ts";
import type { FullAnswer } from "../answer.ts";
import type { Frames, MockCall, MockDialect, MockError } from "./dialect.ts";
import { halves, lastUserText } from "./pieces.ts";

/** OpenAI's chat completions, as OpenAI and the compatible servers answer them. */
export const openaiChat: MockDialect = {
  chatPaths: ["/v1/chat/completions", "/chat/completions"],
  embeddingsPaths: ["/v1/embeddings", "/embeddings"],
  modelsPaths: ["/v1/models", "/models"],
  streamType: "text/event-stream; charset=utf-8",
  keyOf: (headers) => /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1],
  read(body) {
    if (!isObject(body)) return undefined;
    if ("input" in body && !("messages" in body)) return readInput(body);
    const { model, messages, stream, stream_options } = body;
    if (typeof model !== "string" || !Array.isArray(messages) || messages.length === 0) return undefined;
    return {
      model,
      stream: stream === true,
      includeUsage: isObject(stream_options) && stream_options["include_usage"] === true,
      prompt: lastUserText(messages),
    };
  },
  answer: (answer, call) =>
    call.vectors === undefined ? completion(answer, call) : embeddings(answer, call.vectors),
  frames,
  error,
  models: (models, atMs) =>
    JSON.stringify({
      object: "list",
      data: models.map((model) => ({ object: "model", created: seconds(atMs), owned_by: "mock", ...model })),
    }),
};

function completion(answer: FullAnswer, call: MockCall): string {
  return JSON.stringify({
    ...envelope("chat.completion", answer, call),
    choices: [{ index: 0, message: message(answer), logprobs: null, finish_reason: answer.finishReason }],
    ...(answer.usage && { usage: usage(answer.usage) }),
  });
}

function readInput({ model, input, encoding_format }: Readonly<Record<string, unknown>>) {
  if (typeof model !== "string") return undefined;
  const inputs = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  return {
    model,
    stream: false,
    includeUsage: false,
    prompt: inputs.map(String).join(" "),
    vectors: { count: inputs.length, base64: encoding_format === "base64" },
  };
}

/** Each vector begins with its place in the list. */
function embeddings(
  { model, usage }: FullAnswer,
  { count, base64 }: NonNullable<MockCall["vectors"]>,
): string {
  const data = Array.from({ length: count }, (_, index) => {
    const vector = new Float32Array([index, 0.5, -0.25]);
    const embedding = base64 ? Buffer.from(vector.buffer).toString("base64") : [...vector];
    return { object: "embedding", index, embedding };
  });
  const counted = usage && { usage: { prompt_tokens: usage.input, total_tokens: usage.input } };
  return JSON.stringify({ object: "list", data, model, ...counted });
}

function frames(answer: FullAnswer, call: MockCall): Frames {
  const head = envelope("chat.completion.chunk", answer, call);
  const chunk = (delta: object, finishReason: string | null = null) =>
    sse({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] });
  return {
    opening: [chunk({ role: "assistant", content: "" })],
    reasoning: answer.reasoning === "" ? [] : [chunk({ reasoning_content: answer.reasoning })],
    text: (piece) => chunk({ content: piece }),
    rest: [
      ...(answer.refusal === "" ? [] : [chunk({ refusal: answer.refusal })]),
      ...answer.toolCalls.flatMap((tool, index) => [
        chunk({
          tool_calls: [
            { index, id: tool.id, type: "function", function: { name: tool.name, arguments: "" } },
          ],
        }),
        ...halves(tool.arguments).map((json) =>
          chunk({ tool_calls: [{ index, function: { arguments: json } }] }),
        ),
      ]),
    ],
    finish: [chunk({}, answer.finishReason)],
    usage:
      call.includeUsage && answer.usage ? [sse({ ...head, choices: [], usage: usage(answer.usage) })] : [],
    done: ["data: [DONE]\n\n"],
    error: (told) => `data: ${error(told)}\n\n`,
    malformed: 'data: {"id":"chatcmpl-mock","choices":[{"index":0,"delta":{"content":"bro\n\n',
    ping: ": keep-alive\n\n",
  };
}

function sse(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function envelope(object: string, answer: FullAnswer, call: MockCall) {
  return { id: `chatcmpl-mock-${call.number}`, object, created: seconds(call.atMs), model: answer.model };
}

function message(answer: FullAnswer) {
  const silent = answer.text === "" && (answer.toolCalls.length > 0 || answer.refusal !== "");
  return {
    role: "assistant",
    content: silent ? null : answer.text,
    refusal: answer.refusal === "" ? null : answer.refusal,
    ...(answer.reasoning !== "" && { reasoning_content: answer.reasoning }),
    ...(answer.toolCalls.length > 0 && {
      tool_calls: answer.toolCalls.map((tool) => ({
        id: tool.id,
        type: "function",
        function: { name: tool.name, arguments: tool.arguments },
      })),
    }),
  };
}

function usage(counts: NonNullable<FullAnswer["usage"]>) {
  return {
    prompt_tokens: counts.input,
    completion_tokens: counts.output,
    total_tokens: counts.input + counts.output,
    ...(counts.cached !== undefined && { prompt_tokens_details: { cached_tokens: counts.cached } }),
    ...(counts.reasoning !== undefined && {
      completion_tokens_details: { reasoning_tokens: counts.reasoning },
    }),
  };
}

function error({ message, type, code, retryDelay }: MockError): string {
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }];
  return JSON.stringify({ error: { message, type, param: null, code, ...(retryDelay && { details }) } });
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
