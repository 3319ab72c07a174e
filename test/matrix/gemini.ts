import type { JsonObject } from "../../src/core/json.ts";
import { askGemini } from "../e2e/support/gemini.ts";
import { type MatrixDoor, NOTHING_READ } from "./door.ts";
import { PIXEL } from "./features.ts";

const WEATHER = {
  name: "get_weather",
  description: "weather of a city",
  parameters: { type: "OBJECT", properties: { city_prop: { type: "STRING" } }, required: ["city_prop"] },
};
const TIME = { name: "get_time", parametersJsonSchema: { type: "object", properties: {} } };
const SCHEMA = {
  type: "OBJECT",
  properties: { schema_prop: { type: "STRING" } },
  required: ["schema_prop"],
};

const turn = (role: string, ...parts: JsonObject[]): JsonObject => ({ role, parts });
const user = (...parts: JsonObject[]): JsonObject => turn("user", ...parts);
const call = (name: string, args: JsonObject): JsonObject => ({ functionCall: { name, args } });
const result = (name: string, response: JsonObject, more: JsonObject = {}): JsonObject => ({
  functionResponse: { name, response, ...more },
});
const tools = (...functionDeclarations: JsonObject[]): JsonObject => ({ tools: [{ functionDeclarations }] });
const configured = (generationConfig: JsonObject): JsonObject => ({ ...HI, generationConfig });
const inlineData = { mimeType: "image/png", data: PIXEL };
const HI = { contents: [user({ text: "hi" })] };
const CALLED = turn("model", call("get_weather", { city_prop: "Oslo" }), call("get_time", {}));

/** Google's generateContent, as its SDK writes and reads it. */
export const geminiClient: MatrixDoor = {
  name: "Gemini",
  asks: {
    "system text": { body: { ...HI, systemInstruction: { parts: [{ text: "SYSTEM-1" }], role: "user" } } },
    "several turns": {
      body: {
        contents: [user({ text: "TURN-1" }), turn("model", { text: "TURN-2" }), user({ text: "TURN-3" })],
      },
    },
    "tools, and a call": { body: { ...HI, ...tools(WEATHER) } },
    "parallel calls": { body: { ...HI, ...tools(WEATHER, TIME) } },
    "calls and their results": {
      body: {
        contents: [
          user({ text: "hi" }),
          CALLED,
          user(result("get_time", { output: "RESULT-B" }), result("get_weather", { output: "RESULT-A" })),
        ],
        ...tools(WEATHER, TIME),
      },
    },
    "a failed tool": {
      body: {
        contents: [
          user({ text: "hi" }),
          CALLED,
          user(result("get_weather", { error: "RESULT-A" }), result("get_time", { output: "B" })),
        ],
        ...tools(WEATHER, TIME),
      },
      field: "is_error",
    },
    "tool choice: a tool by name": {
      body: {
        ...HI,
        ...tools(WEATHER, TIME),
        toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["get_time"] } },
      },
      field: "tool_choice",
    },
    "one call at a time": "no words",
    "image, written into the request": { body: { contents: [user({ inlineData })] } },
    "image, by its address": {
      body: {
        contents: [user({ fileData: { mimeType: "image/png", fileUri: "https://example.org/a.png" } })],
      },
    },
    "image in a tool's result": {
      body: {
        contents: [
          user({ text: "hi" }),
          turn("model", call("get_time", {})),
          user(result("get_time", { output: "see" }, { parts: [{ inlineData }] })),
        ],
        ...tools(TIME),
      },
    },
    "JSON by a schema": {
      body: configured({ responseMimeType: "application/json", responseSchema: SCHEMA }),
    },
    "JSON of any shape": {
      body: configured({ responseMimeType: "application/json" }),
      field: "response_format",
    },
    "stop sequences": { body: configured({ stopSequences: ["STOP-7"] }), field: "stop" },
    temperature: { body: configured({ temperature: 0.37 }), field: "temperature" },
    "most tokens": { body: configured({ maxOutputTokens: 77 }) },
    seed: { body: configured({ seed: 424_242 }), field: "seed" },
    "reasoning effort": {
      body: configured({ thinkingConfig: { thinkingBudget: 24_576 }, maxOutputTokens: 32_000 }),
      field: "reasoning_effort",
    },
    "reasoning text": { body: configured({ thinkingConfig: { includeThoughts: true } }) },
    "cache marks": "no words",
    "stopped by its length": { body: configured({ maxOutputTokens: 5 }) },
    usage: { body: HI },
    "a mistake found by the backend": { body: HI },
    "an overloaded backend": { body: HI },
    "a rate limit": { body: HI },
    "an answer that breaks off": { body: HI },
  },
  send: ({ server }, model, body, stream) =>
    askGemini(server, model, body, stream ? { verb: "streamGenerateContent?alt=sse" } : {}),
  read: (text, stream) => (stream && text.startsWith("data: ") ? readStream(text) : readWhole(text)),
};

const STOPS = { STOP: "stop", MAX_TOKENS: "length" } as const;

interface Piece {
  readonly candidates?: readonly {
    readonly content?: {
      readonly parts?: readonly {
        readonly text?: string;
        readonly thought?: boolean;
        readonly functionCall?: { readonly name: string; readonly args: unknown };
      }[];
    };
    readonly finishReason?: keyof typeof STOPS;
  }[];
  readonly usageMetadata?: { readonly promptTokenCount: number; readonly candidatesTokenCount: number };
  readonly error?: { readonly message: string };
}

function readWhole(text: string): ReturnType<MatrixDoor["read"]> {
  return readPieces([JSON.parse(text)]);
}

function readStream(text: string): ReturnType<MatrixDoor["read"]> {
  const pieces = text
    .split("\r\n\r\n")
    .filter((block) => block.startsWith("data: {"))
    .map((block): Piece => JSON.parse(block.slice(6)));
  const read = readPieces(pieces);
  return { ...read, broken: read.error !== "" && read.stop === undefined };
}

function readPieces(pieces: readonly Piece[]): ReturnType<MatrixDoor["read"]> {
  const candidates = pieces.flatMap(({ candidates }) => candidates ?? []);
  const parts = candidates.flatMap(({ content }) => content?.parts ?? []);
  const calls = parts.flatMap(({ functionCall }) =>
    functionCall === undefined ? [] : [{ name: functionCall.name, arguments: functionCall.args }],
  );
  const textOf = (thought: boolean) =>
    parts.flatMap((part) => ((part.thought ?? false) === thought ? (part.text ?? "") : "")).join("");
  const reason = candidates.map(({ finishReason }) => finishReason).findLast((one) => one);
  const usage = pieces.map(({ usageMetadata }) => usageMetadata).findLast((one) => one);
  const stop = reason === undefined ? undefined : STOPS[reason];
  return {
    ...NOTHING_READ,
    text: textOf(false),
    reasoning: textOf(true),
    calls,
    stop: stop === "stop" && calls.length > 0 ? "tool-calls" : stop,
    usage: usage ? { input: usage.promptTokenCount, output: usage.candidatesTokenCount } : undefined,
    error: pieces.find(({ error }) => error !== undefined)?.error?.message ?? "",
  };
}
