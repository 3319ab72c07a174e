import { describe, expect, test } from "vitest";
import { decodeUsage } from "../../../src/dialects/openai/usage.ts";
import { decodeAnswer } from "../../../src/dialects/openai-chat/answer.ts";
import { endOf, failureOf, recorded, textOf } from "./fixtures.ts";

function replay(name: string) {
  return decodeAnswer(JSON.parse(recorded(`${name}.response.txt`)));
}

test("a recorded answer gives its text, reason and usage", () => {
  expect(replay("text")).toEqual([
    { type: "response-start", id: "chatcmpl-8wO9BfcJCDdpl53Q", model: "gpt-4o" },
    { type: "text-delta", text: "pong from the mock: héllo 世界 😀" },
    {
      type: "response-end",
      reason: "stop",
      usage: { input: 3, cacheRead: 0, cacheWrite: 0, output: 8, reasoning: 0, estimated: false },
    },
  ]);
});

test("recorded reasoning and tool calls are told as such", () => {
  expect(replay("think")[1]).toEqual({ type: "reasoning-delta", text: "Two plus two is four." });
  expect(replay("parallel").filter(({ type }) => type === "tool-call-start")).toHaveLength(2);
  expect(endOf(replay("parallel")).reason).toBe("tool_calls");
});

test("U34 an error object in a 200 is classified like its status", () => {
  const error = { error: { message: "The model `x` does not exist", code: "model_not_found" } };
  expect(failureOf(decodeAnswer(error))).toMatchObject({ class: "model_missing", status: 404 });
});

test("U34 an error in the shape of older vLLM is one too", () => {
  const error = {
    object: "error",
    message: "maximum context length is 4096 tokens",
    type: "BadRequestError",
    code: 400,
  };
  expect(failureOf(decodeAnswer(error))).toMatchObject({ class: "context", status: 400 });
});

test.each([[{}], [{ id: "x" }], [[]], [null], ["text"], [{ choices: "no" }]])("%j is no answer", (body) => {
  expect(failureOf(decodeAnswer(body))).toMatchObject({ class: "malformed", message: /not an answer/ });
});

test.each([
  [[]],
  [[{ message: { content: "" }, finish_reason: "stop" }]],
  [[{ message: { content: null }, finish_reason: "length" }]],
  [[{ finish_reason: "stop" }]],
])("U32 the choices %j are an empty response", (choices) => {
  expect(failureOf(decodeAnswer({ choices })).message).toBe("empty response");
});

test.each([
  [{ message: { content: "Half" }, finish_reason: "error" }],
  [{ message: { content: "Half", tool_calls: [{ id: "1", function: { arguments: "{}" } }] } }],
])("U34 a whole answer that turns out to be none commits to nothing: %j", (choice) => {
  expect(decodeAnswer({ id: "x", choices: [choice] }).map(({ type }) => type)).toEqual(["failure"]);
});

test("a filtered answer without content is no empty response", () => {
  const body = { choices: [{ message: { content: "" }, finish_reason: "content_filter" }] };
  expect(endOf(decodeAnswer(body)).reason).toBe("content_filter");
});

test("U88 a whole body without id, index or finish reason is an answer", () => {
  const events = decodeAnswer({ choices: [{ message: { content: "hi" } }] });
  expect(textOf(events)).toBe("hi");
  expect(endOf(events).reason).toBe("stop");
});

test("U89 names of the prototype chain in a body are only names", () => {
  const body = JSON.parse(
    '{"__proto__":{"polluted":1},"choices":[{"message":{"content":"x"},"finish_reason":"constructor"}]}',
  );
  expect(endOf(decodeAnswer(body)).reason).toBe("stop");
  expect({}).not.toHaveProperty("polluted");
});

describe("usage", () => {
  test("cached and reasoning tokens are taken out of the sums they stand in", () => {
    expect(
      decodeUsage({
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 20 },
      }),
    ).toEqual({ input: 30, cacheRead: 60, cacheWrite: 10, output: 30, reasoning: 20, estimated: false });
  });

  test("reasoning that the total counts apart is not taken out of the output", () => {
    const wire = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 35,
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    expect(decodeUsage(wire)).toMatchObject({ output: 5, reasoning: 20 });
  });

  test("U88 numbers written as strings are read", () => {
    expect(decodeUsage({ prompt_tokens: "7", completion_tokens: "2" })).toMatchObject({
      input: 7,
      output: 2,
    });
  });

  test("U83 negative and impossible numbers count nothing, buckets never go below 0", () => {
    const wire = { prompt_tokens: 5, completion_tokens: -3, prompt_tokens_details: { cached_tokens: 99 } };
    expect(decodeUsage(wire)).toMatchObject({ input: 0, cacheRead: 5, output: 0 });
  });

  test.each([undefined, null, {}, "no", { prompt_tokens: 0, completion_tokens: 0 }])(
    "U83 %j is no usage",
    (wire) => {
      expect(decodeUsage(wire)).toBeUndefined();
    },
  );

  test("A001-36 of an answer that is a failure is told with it", () => {
    const body = { choices: [{ message: { content: "" } }], usage: { prompt_tokens: 3 } };
    expect(decodeAnswer(body)).toMatchObject([{ type: "failure", usage: { input: 3 } }]);
  });
});
