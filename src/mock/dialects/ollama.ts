import { isObject, parseJson } from "../../core/json.ts";
import type { FullAnswer } from "../answer.ts";
import type { Frames, MockCall, MockDialect, MockError, MockModel } from "./dialect.ts";
import { openaiChat } from "./openai-chat.ts";

/** Ollama's own API, with its embeddings in OpenAI's form. */
export const ollama: MockDialect = {
  chatPaths: ["/api/chat", "/api/generate"],
  embeddingsPaths: ["/v1/embeddings"],
  modelsPaths: ["/api/tags"],
  streamType: "application/x-ndjson",
  keyOf: openaiChat.keyOf,
  read(body, path) {
    if (!isObject(body) || "input" in body) return openaiChat.read(body, path);
    if (path === "/api/generate") return readPrompt(body);
    // Streams unless told otherwise; usage comes in any case.
    const call = openaiChat.read(body, path);
    return call && { ...call, stream: body["stream"] !== false, includeUsage: true };
  },
  answer: (answer, call) =>
    call.vectors === undefined
      ? JSON.stringify({ ...envelope(answer, call), ...told(call, message(answer)), ...end(answer) })
      : openaiChat.answer(answer, call),
  frames,
  error,
  models: (models, atMs) => JSON.stringify({ models: models.map((model) => listed(model, atMs)) }),
  pages: {
    "/": "Ollama is running",
    "/api/version": { version: "0.12.6" },
    "/api/ps": { models: [] },
    "/api/show": { capabilities: ["completion", "tools"], details: details(), model_info: {} },
  },
};

function frames(answer: FullAnswer, call: MockCall): Frames {
  const line = (said: object) =>
    `${JSON.stringify({ ...envelope(answer, call), ...told(call, { role: "assistant", content: "", ...said }), done: false })}\n`;
  return {
    opening: [],
    reasoning: answer.reasoning === "" ? [] : [line({ thinking: answer.reasoning })],
    text: (piece) => line({ content: piece }),
    rest: [
      ...(answer.refusal === "" ? [] : [line({ content: answer.refusal })]),
      ...answer.toolCalls.map((tool) => line({ tool_calls: [toolCall(tool)] })),
    ],
    finish: [
      `${JSON.stringify({ ...envelope(answer, call), ...told(call, { role: "assistant", content: "" }), ...end(answer) })}\n`,
    ],
    usage: [],
    done: [],
    error: (told) => `${error(told)}\n`,
    malformed: '{"model":"mock","message":{"role":"assistant","content":"bro\n',
    ping: "\n",
  };
}

function readPrompt(body: Readonly<Record<string, unknown>>): ReturnType<MockDialect["read"]> {
  const { model, prompt, stream } = body;
  if (typeof model !== "string" || typeof prompt !== "string") return undefined;
  return { model, stream: stream !== false, includeUsage: true, prompt, generates: true };
}

/** A message, or what was generated. */
function told({ generates }: MockCall, { content, ...more }: { role: string; content: string }): object {
  if (!generates) return { message: { content, ...more } };
  const { role: _, ...rest } = more;
  return { response: content, ...rest };
}

function envelope({ model }: FullAnswer, { atMs }: MockCall) {
  return { model, created_at: new Date(atMs).toISOString() };
}

function message({ text, refusal, reasoning, toolCalls }: FullAnswer) {
  return {
    role: "assistant",
    content: text + refusal,
    ...(reasoning !== "" && { thinking: reasoning }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(toolCall) }),
  };
}

/** Arguments are an object here; text that is none stays text. */
function toolCall({ id, name, arguments: text }: FullAnswer["toolCalls"][number]) {
  return { id, function: { name, arguments: parseJson(text) ?? text } };
}

/** Tool calls end in `stop`, too. Durations are nanoseconds. */
function end({ finishReason, usage }: FullAnswer) {
  return {
    done: true,
    done_reason: finishReason === "tool_calls" ? "stop" : finishReason,
    total_duration: 5_000_000,
    load_duration: 1_000_000,
    ...(usage && {
      prompt_eval_count: usage.input,
      prompt_eval_duration: 1_000_000,
      eval_count: usage.output,
      eval_duration: 3_000_000,
    }),
  };
}

/** Nothing but a text, whatever went wrong. */
function error({ message: text }: MockError): string {
  return JSON.stringify({ error: text });
}

function listed({ id, ...more }: MockModel, atMs: number) {
  const modified = new Date(atMs).toISOString();
  return { name: id, model: id, modified_at: modified, size: 0, digest: "mock", details: details(), ...more };
}

function details() {
  return {
    format: "gguf",
    family: "mock",
    families: ["mock"],
    parameter_size: "1B",
    quantization_level: "Q4_0",
  };
}
