import type { JsonObject } from "../../src/core/json.ts";
import type { Answer } from "../../src/mock/answer.ts";

/**
 * What a client of the OpenAI door may ask for, and what a backend may answer. Each feature says by what it is recognised on the
 * other side, whatever the language there: in what the backend received (`arrives`), and in what the client got (`returns`).
 */
export interface Feature {
  readonly name: string;
  readonly asked: JsonObject;
  /** Expressions that the body a backend receives has to match, each; nothing: the feature is one of the answer. */
  readonly arrives?: readonly RegExp[];
  /** Name under which it is told where it is left out. */
  readonly field?: string;
  readonly answer?: Answer;
  /** What the client's answer has to hold, read by `toMatchObject`. */
  readonly returns?: JsonObject;
}

/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "weather of a city",
    parameters: { type: "object", properties: { city_prop: { type: "string" } }, required: ["city_prop"] },
  },
};
const SECOND = {
  type: "function",
  function: { name: "get_time", parameters: { type: "object", properties: {} } },
};

const user = (content: string | JsonObject[]): JsonObject => ({ role: "user", content });
const call = (id: string, name: string, args: string): JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

const HI = [user("hi")];
const ARGS = '{"city_prop":"Oslo"}';

/** All of them, in the order of the published table. */
export const FEATURES: readonly Feature[] = [
  {
    name: "system text",
    asked: { messages: [{ role: "system", content: "SYSTEM-1" }, ...HI] },
    arrives: [/SYSTEM-1/],
  },
  {
    name: "several turns",
    asked: { messages: [user("TURN-1"), { role: "assistant", content: "TURN-2" }, user("TURN-3")] },
    arrives: [/TURN-1[\s\S]*TURN-2[\s\S]*TURN-3/],
  },
  {
    name: "tools, and a call",
    asked: { messages: HI, tools: [TOOL] },
    arrives: [/get_weather/, /weather of a city/, /city_prop/],
    answer: { toolCalls: [{ name: "get_weather", arguments: ARGS }] },
    returns: {
      finish_reason: "tool_calls",
      message: { tool_calls: [{ function: { name: "get_weather", arguments: ARGS } }] },
    },
  },
  {
    name: "parallel calls",
    asked: { messages: HI, tools: [TOOL, SECOND] },
    arrives: [/get_weather[\s\S]*get_time/],
    answer: {
      toolCalls: [
        { name: "get_weather", arguments: ARGS },
        { name: "get_time", arguments: "{}" },
      ],
    },
    returns: {
      finish_reason: "tool_calls",
      message: {
        tool_calls: [
          { function: { name: "get_weather", arguments: ARGS } },
          { function: { name: "get_time", arguments: "{}" } },
        ],
      },
    },
  },
  {
    name: "calls and their results",
    asked: {
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
    arrives: [/Oslo/, /RESULT-A/, /RESULT-B/],
  },
  {
    name: "tool choice: a tool by name",
    asked: {
      messages: HI,
      tools: [TOOL, SECOND],
      tool_choice: { type: "function", function: { name: "get_time" } },
    },
    arrives: [/get_time[\s\S]*get_time/],
    field: "tool_choice",
  },
  {
    name: "one call at a time",
    asked: { messages: HI, tools: [TOOL], parallel_tool_calls: false },
    arrives: [/parallel/],
    field: "parallel_tool_calls",
  },
  {
    name: "image, written into the request",
    asked: {
      messages: [user([{ type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } }])],
    },
    arrives: [new RegExp(PIXEL.slice(0, 60))],
  },
  {
    name: "image, by its address",
    asked: { messages: [user([{ type: "image_url", image_url: { url: "https://example.org/a.png" } }])] },
    arrives: [/https:\/\/example\.org\/a\.png/],
  },
  {
    name: "JSON by a schema",
    asked: {
      messages: HI,
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "answer",
          strict: true,
          schema: {
            type: "object",
            properties: { schema_prop: { type: "string" } },
            required: ["schema_prop"],
            additionalProperties: false,
          },
        },
      },
    },
    arrives: [/schema_prop/],
    answer: { text: '{"schema_prop":"x"}' },
    returns: { message: { content: '{"schema_prop":"x"}' } },
  },
  {
    name: "JSON of any shape",
    asked: { messages: HI, response_format: { type: "json_object" } },
    arrives: [/json/i],
    field: "response_format",
  },
  { name: "stop sequences", asked: { messages: HI, stop: ["STOP-7"] }, arrives: [/STOP-7/], field: "stop" },
  {
    name: "a stop sequence as text",
    asked: { messages: HI, stop: "STOP-7" },
    arrives: [/STOP-7/],
    field: "stop",
  },
  {
    name: "temperature",
    asked: { messages: HI, temperature: 0.37 },
    arrives: [/0\.37/],
    field: "temperature",
  },
  { name: "most tokens", asked: { messages: HI, max_tokens: 77 }, arrives: [/77/] },
  { name: "seed", asked: { messages: HI, seed: 424_242 }, arrives: [/424242/], field: "seed" },
  {
    name: "reasoning effort",
    asked: { messages: HI, reasoning_effort: "high", max_tokens: 32_000 },
    arrives: [/high|budget|"think"/i],
    field: "reasoning_effort",
  },
  {
    name: "reasoning text",
    asked: { messages: HI },
    answer: { reasoning: "THOUGHT-1", text: "fine" },
    returns: { message: { reasoning_content: "THOUGHT-1", content: "fine" } },
  },
  {
    name: "cache marks",
    asked: {
      messages: [user([{ type: "text", text: "hi", cache_control: { type: "ephemeral" } }])],
    },
    arrives: [/cache_control/],
    field: "cache_control",
  },
  {
    name: "stopped by its length",
    asked: { messages: HI, max_tokens: 5 },
    answer: { text: "cut", finishReason: "length" },
    returns: { finish_reason: "length", message: { content: "cut" } },
  },
  {
    name: "usage",
    asked: { messages: HI },
    answer: { text: "fine", usage: { input: 11, output: 7 } },
    returns: { usage: { prompt_tokens: 11, completion_tokens: 7 } },
  },
];
