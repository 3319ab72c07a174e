import type { JsonObject } from "../../src/core/json.ts";
import { type MatrixDoor, NOTHING_READ } from "./door.ts";
import { ARGS, PARAMETERS, PIXEL, SCHEMA } from "./features.ts";

const TOOL = {
  type: "function",
  name: "get_weather",
  description: "weather of a city",
  parameters: PARAMETERS,
  strict: false,
};
const SECOND = {
  type: "function",
  name: "get_time",
  parameters: { type: "object", properties: {} },
  strict: false,
};

const HI = "hi";
const user = (content: string | JsonObject[]): JsonObject => ({ role: "user", content });
const call = (call_id: string, name: string, args: string): JsonObject => ({
  type: "function_call",
  call_id,
  name,
  arguments: args,
});
const result = (call_id: string, output: string | JsonObject[]): JsonObject => ({
  type: "function_call_output",
  call_id,
  output,
});
const image = (image_url: string): JsonObject => ({ type: "input_image", image_url });
const DATA_URL = `data:image/png;base64,${PIXEL}`;
const CALL_A = call("call_a", "get_weather", ARGS);

/** OpenAI's Responses, as its SDK writes and reads them. */
export const openaiResponsesClient: MatrixDoor = {
  name: "OpenAI Responses",
  asks: {
    "system text": { body: { input: HI, instructions: "SYSTEM-1" } },
    "several turns": {
      body: { input: [user("TURN-1"), { role: "assistant", content: "TURN-2" }, user("TURN-3")] },
    },
    "tools, and a call": { body: { input: HI, tools: [TOOL] } },
    "parallel calls": { body: { input: HI, tools: [TOOL, SECOND] } },
    "calls and their results": {
      body: {
        input: [
          user(HI),
          CALL_A,
          call("call_b", "get_time", "{}"),
          result("call_b", "RESULT-B"),
          result("call_a", "RESULT-A"),
        ],
        tools: [TOOL, SECOND],
      },
    },
    "a failed tool": "no words",
    "tool choice: a tool by name": {
      body: { input: HI, tools: [TOOL, SECOND], tool_choice: { type: "function", name: "get_time" } },
      field: "tool_choice",
    },
    "one call at a time": {
      body: { input: HI, tools: [TOOL], parallel_tool_calls: false },
      field: "parallel_tool_calls",
    },
    "image, written into the request": { body: { input: [user([image(DATA_URL)])] } },
    "image, by its address": { body: { input: [user([image("https://example.org/a.png")])] } },
    "image in a tool's result": {
      body: { input: [user(HI), CALL_A, result("call_a", [image(DATA_URL)])], tools: [TOOL] },
    },
    "JSON by a schema": {
      body: {
        input: HI,
        text: { format: { type: "json_schema", name: "answer", strict: true, schema: SCHEMA } },
      },
    },
    "JSON of any shape": {
      body: { input: HI, text: { format: { type: "json_object" } } },
      field: "response_format",
    },
    "stop sequences": "no words",
    temperature: { body: { input: HI, temperature: 0.37 }, field: "temperature" },
    "most tokens": { body: { input: HI, max_output_tokens: 77 } },
    seed: "no words",
    "reasoning effort": {
      body: { input: HI, reasoning: { effort: "high" }, max_output_tokens: 32_000 },
      field: "reasoning_effort",
    },
    "reasoning text": { body: { input: HI } },
    "cache marks": "no words",
    "stopped by its length": { body: { input: HI, max_output_tokens: 16 } },
    usage: { body: { input: HI } },
    "a mistake found by the backend": { body: { input: HI } },
    "an overloaded backend": { body: { input: HI } },
    "a rate limit": { body: { input: HI } },
    "an answer that breaks off": { body: { input: HI } },
  },
  send: ({ server }, model, body, stream) =>
    fetch(`${server.url}/v1/responses`, {
      method: "POST",
      body: JSON.stringify({ model, ...body, ...(stream && { stream }) }),
    }),
  read: (text, stream) => (stream && text.startsWith("event: ") ? readStream(text) : readWhole(text)),
};

interface Item {
  readonly type: "message" | "reasoning" | "function_call";
  readonly content?: readonly { readonly text?: string }[];
  readonly summary?: readonly { readonly text: string }[];
  readonly name: string;
  readonly arguments: string;
}

interface Response {
  readonly status: "completed" | "incomplete" | "failed";
  readonly output?: readonly Item[];
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number } | null;
  readonly error?: { readonly message: string } | null;
}

interface Event {
  readonly type: string;
  readonly delta: string;
  readonly item: Item;
  readonly response: Response;
  readonly message: string;
}

function readWhole(text: string): ReturnType<MatrixDoor["read"]> {
  return readResponse(JSON.parse(text));
}

function readResponse({ status, output = [], usage, error }: Response): ReturnType<MatrixDoor["read"]> {
  const said = (type: Item["type"]) => output.filter((item) => item.type === type);
  const calls = said("function_call").map(({ name, arguments: json }) => ({
    name,
    arguments: JSON.parse(json),
  }));
  const done = calls.length > 0 ? ("tool-calls" as const) : ("stop" as const);
  return {
    ...NOTHING_READ,
    text: said("message")
      .flatMap(({ content = [] }) => content.map((part) => part.text ?? ""))
      .join(""),
    reasoning: said("reasoning")
      .flatMap(({ summary = [] }) => summary.map((part) => part.text))
      .join(""),
    calls,
    stop: status === "incomplete" ? "length" : status === "completed" ? done : undefined,
    usage: usage ? { input: usage.input_tokens, output: usage.output_tokens } : undefined,
    error: error?.message ?? "",
  };
}

/** What a stream's last event carries has to be what its pieces said. */
function readStream(text: string): ReturnType<MatrixDoor["read"]> {
  const events = text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block): Event => JSON.parse(block.slice(block.indexOf("data: ") + 6)));
  const last = events.at(-1);
  if (last === undefined) return { ...NOTHING_READ, broken: true };
  const deltas = (type: string) =>
    events.map((event) => (event.type === `response.${type}.delta` ? event.delta : "")).join("");
  const pieces = { text: deltas("output_text"), reasoning: deltas("reasoning_summary_text") };
  if (last.type !== "response.completed" && last.type !== "response.incomplete")
    return { ...NOTHING_READ, ...pieces, error: last.message, broken: true };
  const items = events.flatMap((event) => (event.type === "response.output_item.done" ? [event.item] : []));
  const { calls, usage, stop } = readResponse({ ...last.response, output: items });
  return { ...NOTHING_READ, ...pieces, calls, usage, stop };
}
