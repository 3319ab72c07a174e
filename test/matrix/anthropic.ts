import type { JsonObject } from "../../src/core/json.ts";
import { askAnthropic } from "../e2e/support/anthropic.ts";
import { type MatrixDoor, NOTHING_READ } from "./door.ts";
import { PARAMETERS, PIXEL, SCHEMA } from "./features.ts";

const WEATHER = {
  name: "get_weather",
  description: "weather of a city",
  input_schema: PARAMETERS,
};
const TIME = { name: "get_time", input_schema: { type: "object", properties: {} } };

const user = (content: string | JsonObject[]): JsonObject => ({ role: "user", content });
const assistant = (content: string | JsonObject[]): JsonObject => ({ role: "assistant", content });
const call = (id: string, name: string, input: JsonObject): JsonObject => ({
  type: "tool_use",
  id,
  name,
  input,
});
const result = (tool_use_id: string, content: string | JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: "tool_result",
  tool_use_id,
  content,
  ...more,
});
const image = (source: JsonObject): JsonObject => ({ type: "image", source });
const PICTURE = image({ type: "base64", media_type: "image/png", data: PIXEL });
const HI = { messages: [user("hi")] };
const CALLED = [
  user("hi"),
  assistant([call("toolu_a", "get_weather", { city_prop: "Oslo" }), call("toolu_b", "get_time", {})]),
];

/** Anthropic's Messages API, as its SDK writes and reads it. */
export const anthropicClient: MatrixDoor = {
  name: "Anthropic",
  asks: {
    "system text": { body: { ...HI, system: [{ type: "text", text: "SYSTEM-1" }] } },
    "several turns": { body: { messages: [user("TURN-1"), assistant("TURN-2"), user("TURN-3")] } },
    "tools, and a call": { body: { ...HI, tools: [WEATHER] } },
    "parallel calls": { body: { ...HI, tools: [WEATHER, TIME] } },
    "calls and their results": {
      body: {
        messages: [...CALLED, user([result("toolu_b", "RESULT-B"), result("toolu_a", "RESULT-A")])],
        tools: [WEATHER, TIME],
      },
    },
    "a failed tool": {
      body: {
        messages: [
          ...CALLED,
          user([result("toolu_a", "RESULT-A", { is_error: true }), result("toolu_b", "B")]),
        ],
        tools: [WEATHER, TIME],
      },
      field: "is_error",
    },
    "tool choice: a tool by name": {
      body: { ...HI, tools: [WEATHER, TIME], tool_choice: { type: "tool", name: "get_time" } },
      field: "tool_choice",
    },
    "one call at a time": {
      body: { ...HI, tools: [WEATHER], tool_choice: { type: "auto", disable_parallel_tool_use: true } },
      field: "parallel_tool_calls",
    },
    "image, written into the request": { body: { messages: [user([PICTURE])] } },
    "image, by its address": {
      body: { messages: [user([image({ type: "url", url: "https://example.org/a.png" })])] },
    },
    "image in a tool's result": {
      body: {
        messages: [
          user("hi"),
          assistant([call("toolu_a", "get_time", {})]),
          user([result("toolu_a", [PICTURE])]),
        ],
        tools: [TIME],
      },
    },
    "JSON by a schema": {
      body: { ...HI, output_config: { format: { type: "json_schema", schema: SCHEMA } } },
    },
    "JSON of any shape": "no words",
    "stop sequences": { body: { ...HI, stop_sequences: ["STOP-7"] }, field: "stop" },
    temperature: { body: { ...HI, temperature: 0.37 }, field: "temperature" },
    "most tokens": { body: { ...HI, max_tokens: 77 } },
    seed: "no words",
    "reasoning effort": {
      body: { ...HI, thinking: { type: "enabled", budget_tokens: 31_999 }, max_tokens: 32_000 },
      field: "reasoning_effort",
    },
    "reasoning text": {
      body: { ...HI, thinking: { type: "enabled", budget_tokens: 1024 }, max_tokens: 4096 },
    },
    "cache marks": {
      body: { messages: [user([{ type: "text", text: "hi", cache_control: { type: "ephemeral" } }])] },
      field: "cache_control",
    },
    "stopped by its length": { body: { ...HI, max_tokens: 5 } },
    usage: { body: HI },
    "a mistake found by the backend": { body: HI },
    "an overloaded backend": { body: HI },
    "a rate limit": { body: HI },
    "an answer that breaks off": { body: HI },
  },
  send: ({ server }, model, body, stream) =>
    askAnthropic(server, { model, max_tokens: 64, ...body, ...(stream && { stream }) }),
  read: (text, stream) =>
    stream && text.startsWith("event: ") ? readStream(text) : readWhole(JSON.parse(text)),
};

const STOPS = { end_turn: "stop", max_tokens: "length", tool_use: "tool-calls" } as const;

interface Block {
  readonly text?: string;
  readonly thinking?: string;
  readonly name?: string;
  readonly input?: unknown;
}

interface Message {
  readonly content?: readonly Block[];
  readonly stop_reason?: keyof typeof STOPS | null;
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number };
  readonly error?: { readonly message: string };
}

interface StreamEvent extends Pick<Message, "usage" | "error"> {
  readonly type: string;
  readonly message?: Message;
  readonly content_block?: Block;
  readonly delta?: Block & Pick<Message, "stop_reason"> & { readonly partial_json?: string };
}

function readWhole({ content = [], stop_reason, usage, error }: Message): ReturnType<MatrixDoor["read"]> {
  return {
    ...NOTHING_READ,
    text: content.map(({ text }) => text ?? "").join(""),
    reasoning: content.map(({ thinking }) => thinking ?? "").join(""),
    calls: content.flatMap(({ name, input }) => (name === undefined ? [] : [{ name, arguments: input }])),
    stop: stop_reason ? STOPS[stop_reason] : undefined,
    usage: usage ? { input: usage.input_tokens, output: usage.output_tokens } : undefined,
    error: error?.message ?? "",
  };
}

function readStream(text: string): ReturnType<MatrixDoor["read"]> {
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]): StreamEvent => JSON.parse(data));
  const blocks: { text: string; thinking: string; name: string | undefined; json: string }[] = [];
  for (const { content_block, delta } of events) {
    if (content_block !== undefined)
      blocks.push({ text: "", thinking: "", name: content_block.name, json: "" });
    const last = blocks.at(-1);
    if (last === undefined) continue;
    last.text += delta?.text ?? "";
    last.thinking += delta?.thinking ?? "";
    last.json += delta?.partial_json ?? "";
  }
  const end = events.find(({ type }) => type === "message_delta");
  const error = events.find(({ type }) => type === "error")?.error;
  const content = blocks.map(({ name, json, ...rest }) =>
    name === undefined ? rest : { ...rest, name, input: JSON.parse(json || "{}") },
  );
  const stop_reason = end?.delta?.stop_reason;
  const usage = { input_tokens: 0, output_tokens: 0, ...events[0]?.message?.usage, ...end?.usage };
  const message = {
    content,
    ...(stop_reason !== undefined && { stop_reason }),
    usage,
    ...(error !== undefined && { error }),
  };
  return { ...readWhole(message), broken: !events.some(({ type }) => type === "message_stop") };
}
