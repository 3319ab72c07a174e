import { isObject, type JsonObject } from "../../src/core/json.ts";
import { type MatrixDoor, NOTHING_READ } from "./door.ts";
import { PIXEL, SCHEMA } from "./features.ts";
import { SECOND, TOOL } from "./openai-chat.ts";

const user = (content: string, more: JsonObject = {}): JsonObject => ({ role: "user", content, ...more });
const result = (tool_name: string, content: string, more: JsonObject = {}): JsonObject => ({
  role: "tool",
  tool_name,
  content,
  ...more,
});
const call = (name: string, args: JsonObject): JsonObject => ({ function: { name, arguments: args } });
const HI = [user("hi")];
const CALL_A = call("get_weather", { city_prop: "Oslo" });

/** Ollama's chat, as its client writes and reads it. */
export const ollamaClient: MatrixDoor = {
  name: "Ollama",
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
          ...HI,
          { role: "assistant", content: "", tool_calls: [CALL_A, call("get_time", {})] },
          result("get_time", "RESULT-B"),
          result("get_weather", "RESULT-A"),
        ],
        tools: [TOOL, SECOND],
      },
    },
    "a failed tool": "no words",
    "tool choice: a tool by name": "no words",
    "one call at a time": "no words",
    "image, written into the request": { body: { messages: [user("", { images: [PIXEL] })] } },
    "image, by its address": "no words",
    "image in a tool's result": {
      body: {
        messages: [
          ...HI,
          { role: "assistant", content: "", tool_calls: [CALL_A] },
          result("get_weather", "", { images: [PIXEL] }),
        ],
        tools: [TOOL],
      },
    },
    "JSON by a schema": { body: { messages: HI, format: SCHEMA } },
    "JSON of any shape": { body: { messages: HI, format: "json" }, field: "response_format" },
    "stop sequences": { body: { messages: HI, options: { stop: ["STOP-7"] } }, field: "stop" },
    temperature: { body: { messages: HI, options: { temperature: 0.37 } }, field: "temperature" },
    "most tokens": { body: { messages: HI, options: { num_predict: 77 } } },
    seed: { body: { messages: HI, options: { seed: 424_242 } }, field: "seed" },
    "reasoning effort": {
      body: { messages: HI, think: "high", options: { num_predict: 32_000 } },
      field: "reasoning_effort",
    },
    "reasoning text": { body: { messages: HI } },
    "cache marks": "no words",
    "stopped by its length": { body: { messages: HI, options: { num_predict: 16 } } },
    usage: { body: { messages: HI } },
    "a mistake found by the backend": { body: { messages: HI } },
    "an overloaded backend": { body: { messages: HI } },
    "a rate limit": { body: { messages: HI } },
    "an answer that breaks off": { body: { messages: HI } },
  },
  send: ({ server }, model, body, stream) =>
    fetch(`${server.url}/api/chat`, {
      method: "POST",
      body: JSON.stringify({ model, ...body, ...(!stream && { stream }) }),
    }),
  read: (text) => {
    const lines = text.split("\n").filter((line) => line !== "");
    return readLines(lines.map((line): Line => JSON.parse(line)));
  },
};

interface Line {
  readonly message?: {
    readonly content: string;
    readonly thinking?: string;
    readonly tool_calls?: readonly {
      readonly function: { readonly name: string; readonly arguments: unknown };
    }[];
  };
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
  readonly error?: string;
}

function readLines(lines: readonly Line[]): ReturnType<MatrixDoor["read"]> {
  const last = lines.at(-1);
  const said = lines.flatMap(({ message }) => (isObject(message) ? [message] : []));
  const calls = said.flatMap(({ tool_calls = [] }) => tool_calls.map((one) => one.function));
  const done = calls.length > 0 ? ("tool-calls" as const) : ("stop" as const);
  const { prompt_eval_count: input, eval_count: output } = last ?? {};
  return {
    ...NOTHING_READ,
    text: said.map(({ content }) => content).join(""),
    reasoning: said.map(({ thinking = "" }) => thinking).join(""),
    calls: calls.map(({ name, arguments: args }) => ({ name, arguments: args })),
    stop: last?.done ? (last.done_reason === "length" ? "length" : done) : undefined,
    usage: input === undefined || output === undefined ? undefined : { input, output },
    error: last?.error ?? "",
    broken: last?.done !== true,
  };
}
