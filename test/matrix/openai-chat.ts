import type { JsonObject } from "../../src/core/json.ts";
import { type MatrixDoor, NOTHING_READ } from "./door.ts";
import { ARGS, PARAMETERS, PIXEL, SCHEMA } from "./features.ts";

/** A tool, as OpenAI and Ollama are told of it. */
export const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "weather of a city",
    parameters: PARAMETERS,
  },
};

/** Another one. */
export const SECOND = {
  type: "function",
  function: { name: "get_time", parameters: { type: "object", properties: {} } },
};

const user = (content: string | JsonObject[]): JsonObject => ({ role: "user", content });
const call = (id: string, name: string, args: string): JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
const image = (url: string): JsonObject => ({ type: "image_url", image_url: { url } });
const DATA_URL = `data:image/png;base64,${PIXEL}`;
const HI = [user("hi")];

/** OpenAI's chat completions, as its SDK writes and reads them. */
export const openaiChatClient: MatrixDoor = {
  name: "OpenAI chat",
  asks: {
    "system text": { body: { messages: [{ role: "system", content: "SYSTEM-1" }, ...HI] } },
    "several turns": {
      body: { messages: [user("TURN-1"), { role: "assistant", content: "TURN-2" }, user("TURN-3")] },
    },
    "tools, and a call": { body: { messages: HI, tools: [TOOL] } },
    "parallel calls": { body: { messages: HI, tools: [TOOL, SECOND] } },
    "calls and their results": {
      body: {
        messages: [
          user("hi"),
          {
            role: "assistant",
            content: null,
            tool_calls: [call("call_a", "get_weather", ARGS), call("call_b", "get_time", "{}")],
          },
          { role: "tool", tool_call_id: "call_b", content: "RESULT-B" },
          { role: "tool", tool_call_id: "call_a", content: "RESULT-A" },
        ],
        tools: [TOOL, SECOND],
      },
    },
    "a failed tool": "no words",
    "tool choice: a tool by name": {
      body: {
        messages: HI,
        tools: [TOOL, SECOND],
        tool_choice: { type: "function", function: { name: "get_time" } },
      },
      field: "tool_choice",
    },
    "one call at a time": {
      body: { messages: HI, tools: [TOOL], parallel_tool_calls: false },
      field: "parallel_tool_calls",
    },
    "image, written into the request": { body: { messages: [user([image(DATA_URL)])] } },
    "image, by its address": { body: { messages: [user([image("https://example.org/a.png")])] } },
    "image in a tool's result": "no words",
    "JSON by a schema": {
      body: {
        messages: HI,
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", strict: true, schema: SCHEMA },
        },
      },
    },
    "JSON of any shape": {
      body: { messages: HI, response_format: { type: "json_object" } },
      field: "response_format",
    },
    "stop sequences": { body: { messages: HI, stop: ["STOP-7"] }, field: "stop" },
    temperature: { body: { messages: HI, temperature: 0.37 }, field: "temperature" },
    "most tokens": { body: { messages: HI, max_tokens: 77 } },
    seed: { body: { messages: HI, seed: 424_242 }, field: "seed" },
    "reasoning effort": {
      body: { messages: HI, reasoning_effort: "high", max_tokens: 32_000 },
      field: "reasoning_effort",
    },
    "reasoning text": { body: { messages: HI } },
    "cache marks": {
      body: { messages: [user([{ type: "text", text: "hi", cache_control: { type: "ephemeral" } }])] },
      field: "cache_control",
    },
    "stopped by its length": { body: { messages: HI, max_tokens: 5 } },
    usage: { body: { messages: HI } },
    "a mistake found by the backend": { body: { messages: HI } },
    "an overloaded backend": { body: { messages: HI } },
    "a rate limit": { body: { messages: HI } },
    "an answer that breaks off": { body: { messages: HI } },
  },
  send: ({ server }, model, body, stream) =>
    server.chat({ model, ...body, ...(stream && { stream, stream_options: { include_usage: true } }) }),
  read: (text, stream) => (stream && text.startsWith("data: ") ? readStream(text) : readWhole(text)),
};

const STOPS = { stop: "stop", length: "length", tool_calls: "tool-calls" } as const;

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

interface Said {
  readonly content?: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly {
    readonly index?: number;
    readonly function: { readonly name?: string; readonly arguments?: string };
  }[];
}

interface Chunk {
  readonly choices?: readonly {
    readonly message?: Said;
    readonly delta?: Said;
    readonly finish_reason?: keyof typeof STOPS | null;
  }[];
  readonly usage?: Usage | null;
  readonly error?: { readonly message: string };
}

function readWhole(text: string): ReturnType<MatrixDoor["read"]> {
  return readChunks([JSON.parse(text)]);
}

function readStream(text: string): ReturnType<MatrixDoor["read"]> {
  const chunks = text
    .split("\n\n")
    .filter((block) => block.startsWith("data: {"))
    .map((block): Chunk => JSON.parse(block.slice(6)));
  return { ...readChunks(chunks), broken: !text.endsWith("data: [DONE]\n\n") };
}

function readChunks(chunks: readonly Chunk[]): ReturnType<MatrixDoor["read"]> {
  const choices = chunks.flatMap(({ choices }) => choices ?? []);
  const said = choices.flatMap(({ message, delta }) => message ?? delta ?? []);
  const calls: { name: string; arguments: string }[] = [];
  for (const [at, one] of said.flatMap(({ tool_calls }) => tool_calls ?? []).entries()) {
    calls[one.index ?? at] ??= { name: "", arguments: "" };
    const known = calls[one.index ?? at];
    if (known === undefined) continue;
    known.name += one.function.name ?? "";
    known.arguments += one.function.arguments ?? "";
  }
  const stop = choices.map(({ finish_reason }) => finish_reason).findLast((reason) => reason);
  const usage = chunks.map(({ usage }) => usage).findLast((one) => one);
  return {
    ...NOTHING_READ,
    text: said.map(({ content }) => content ?? "").join(""),
    reasoning: said.map(({ reasoning_content }) => reasoning_content ?? "").join(""),
    calls: calls.map(({ name, arguments: args }) => ({ name, arguments: JSON.parse(args) })),
    stop: stop ? STOPS[stop] : undefined,
    usage: usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : undefined,
    error: chunks.find(({ error }) => error !== undefined)?.error?.message ?? "",
  };
}
