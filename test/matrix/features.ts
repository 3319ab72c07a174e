import type { Answer } from "../../src/mock/answer.ts";
import type { Read } from "./door.ts";

/**
 * What a client may ask for, and what a backend may answer. Each feature says by what it is recognised whatever the language there:
 * in what the backend received (`arrives`), and in what the client got (`returns`). How a client asks for it, its door says.
 */
export interface Feature {
  readonly name: string;
  /** Expressions that the body a backend receives has to match, each. Missing: the feature is one of the answer alone. */
  readonly arrives?: readonly RegExp[];
  readonly answer?: Answer;
  /** A fault of the backend instead of an answer, as `nexus help faults` names it. */
  readonly fault?: string;
  /** Only in one of the two forms of an answer. */
  readonly only?: "streamed" | "whole";
  /** What the client's answer has to hold. */
  readonly returns?: Partial<Read>;
}

/** A picture of one pixel. */
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Arguments of the call that some features make. */
export const ARGS = '{"city_prop":"Oslo"}';

/** What the tool of some features takes. */
export const PARAMETERS = {
  type: "object",
  properties: { city_prop: { type: "string" } },
  required: ["city_prop"],
};

/** What an answer is held to. */
export const SCHEMA = {
  type: "object",
  properties: { schema_prop: { type: "string" } },
  required: ["schema_prop"],
  additionalProperties: false,
};

const WEATHER = { name: "get_weather", arguments: { city_prop: "Oslo" } };

/** All of them, in the order of the published table. */
export const FEATURES = [
  { name: "system text", arrives: [/SYSTEM-1/] },
  { name: "several turns", arrives: [/TURN-1[\s\S]*TURN-2[\s\S]*TURN-3/] },
  {
    name: "tools, and a call",
    arrives: [/get_weather/, /weather of a city/, /city_prop/],
    answer: { toolCalls: [{ name: "get_weather", arguments: ARGS }] },
    returns: { stop: "tool-calls", calls: [WEATHER] },
  },
  {
    name: "parallel calls",
    arrives: [/get_weather[\s\S]*get_time/],
    answer: {
      toolCalls: [
        { name: "get_weather", arguments: ARGS },
        { name: "get_time", arguments: "{}" },
      ],
    },
    returns: { stop: "tool-calls", calls: [WEATHER, { name: "get_time", arguments: {} }] },
  },
  { name: "calls and their results", arrives: [/Oslo/, /RESULT-A/, /RESULT-B/] },
  { name: "a failed tool", arrives: [/RESULT-A/, /"is_error":true|"error":/] },
  { name: "tool choice: a tool by name", arrives: [/get_time[\s\S]*get_time/] },
  { name: "one call at a time", arrives: [/parallel/] },
  { name: "image, written into the request", arrives: [new RegExp(PIXEL.slice(0, 60))] },
  { name: "image, by its address", arrives: [/https:\/\/example\.org\/a\.png/] },
  { name: "image in a tool's result", arrives: [new RegExp(PIXEL.slice(0, 60))] },
  {
    name: "JSON by a schema",
    arrives: [/schema_prop/],
    answer: { text: '{"schema_prop":"x"}' },
    returns: { text: '{"schema_prop":"x"}' },
  },
  { name: "JSON of any shape", arrives: [/json/i] },
  { name: "stop sequences", arrives: [/STOP-7/] },
  { name: "temperature", arrives: [/0\.37/] },
  { name: "most tokens", arrives: [/77/] },
  { name: "seed", arrives: [/424242/] },
  { name: "reasoning effort", arrives: [/high|budget|"think"/i] },
  {
    name: "reasoning text",
    answer: { reasoning: "THOUGHT-1", text: "fine" },
    returns: { reasoning: "THOUGHT-1", text: "fine" },
  },
  { name: "cache marks", arrives: [/cache_control/] },
  {
    name: "stopped by its length",
    answer: { text: "cut", finishReason: "length" },
    returns: { stop: "length", text: "cut" },
  },
  {
    name: "usage",
    answer: { text: "fine", usage: { input: 11, output: 7 } },
    returns: { usage: { input: 11, output: 7 } },
  },
  {
    name: "a mistake found by the backend",
    fault: "400:message=MISTAKE-1",
    returns: { status: 400, error: "MISTAKE-1" },
  },
  { name: "an overloaded backend", fault: "503", returns: { status: 503 } },
  { name: "a rate limit", fault: "429", returns: { status: 429 } },
  { name: "an answer that breaks off", fault: "cut-stream", only: "streamed", returns: { broken: true } },
] as const satisfies readonly Feature[];

/** The name of a feature: every door says for each how it is asked for. */
export type FeatureName = (typeof FEATURES)[number]["name"];

/** A feature as doors know it. */
export type NamedFeature = Feature & { readonly name: FeatureName };
