import { expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { Problem } from "../../src/core/problem.ts";
import { readScript } from "../../src/mock/script.ts";

it("a script says what options say", () => {
  const script = {
    models: ["a", { id: "b", context_length: 4096 }],
    answer: "hello",
    latency_ms: 5,
    chunk_delay_ms: 1,
    api_key: "made-up",
    steps: [
      "ok",
      "429:retry-after=2",
      { fault: "cut-stream", after: 2 },
      {
        text: "fine",
        tool_calls: [{ name: "weather", arguments: { city: "Bern" } }],
        finish_reason: "stop",
        usage: { input: 1, output: 2 },
        latency_ms: 9,
      },
    ],
    models_steps: [503],
    pages: { "/props": {} },
  };
  expect(readScript(script, "s.json")).toEqual({
    models: ["a", { id: "b", context_length: 4096 }],
    answer: { text: "hello" },
    latencyMs: 5,
    chunkDelayMs: 1,
    apiKey: "made-up",
    steps: [
      "ok",
      "429:retry-after=2",
      { fault: "cut-stream", after: 2 },
      {
        text: "fine",
        toolCalls: [{ name: "weather", arguments: '{"city":"Bern"}' }],
        finishReason: "stop",
        usage: { input: 1, output: 2 },
        latencyMs: 9,
      },
    ],
    modelsSteps: ["503"],
    pages: { "/props": {} },
  });
});

it.each<[wrong: JsonObject, message: string]>([
  [{ latency: 5 }, "s.json: latency is not known (did you mean latency_ms?)"],
  [{ latency_ms: "5" }, "s.json: latency_ms must be a whole number from 0"],
  [{ latency_ms: -1 }, "s.json: latency_ms must be a whole number from 0"],
  [{ models: "a" }, "s.json: models must be a list of models"],
  [{ models: [5] }, "s.json: models.0 must be an id, or an object with one"],
  [{ steps: "ok" }, "s.json: steps must be a list of steps"],
  [{ steps: ["ok", true] }, "s.json: steps.1 must be a fault's name, a fault, or an answer"],
  [{ steps: ["50x"] }, 's.json: steps.0 no fault is called "50x" (did you mean 500, 501, 502?)'],
  [
    { steps: [{ fault: "stall", aftr: 1 }] },
    's.json: steps.0 fault stall has no parameter "aftr" (did you mean after?)',
  ],
  [{ steps: [{ fault: "stall", after: true }] }, "s.json: steps.0.after must be text or a number"],
  [{ steps: [{ txt: "a" }] }, "s.json: steps.0.txt is not known (did you mean text?)"],
  [{ answer: 5 }, "s.json: answer must be an object"],
  [
    { answer: { tool_calls: [{ name: "a" }] } },
    "s.json: answer.tool_calls.0.arguments must be JSON text or an object",
  ],
])("a script that is wrong is refused by file and key: %j", (wrong, message) => {
  const refusal = expect(() => readScript(wrong, "s.json"));
  refusal.toThrow(Problem);
  refusal.toThrow(message);
});
