import { expect, test } from "vitest";
import { geminiDoor as door } from "../../../src/dialects/gemini/door.ts";
import { accepted, refused } from "./door-fixtures.ts";

const ONE = { rest: "m:embedContent" };
const BATCH = { rest: "m:batchEmbedContents" };
const [ask] = door.asks;

const content = (...texts: readonly string[]) => ({ parts: texts.map((text) => ({ text })) });
const target = { type: "generic", model: "vectors", params: {}, stream: false, key: "k" } as const;

test("one text, or several, are asked for as every backend takes it", () => {
  const one = accepted({ content: content("a", "b"), outputDimensionality: 256 }, ONE);
  const batch = accepted(
    { requests: [{ model: "models/m", content: content("a") }, { content: content("b") }] },
    BATCH,
  );
  expect(one).toMatchObject({ task: "embeddings", model: "m", stream: false, gaps: [] });
  const sent = [one, batch].map((read) => ask?.encodeSame(read, target));
  expect(sent[0]).toMatchObject({ path: "/embeddings", headers: { authorization: "Bearer k" } });
  expect(sent.map((wire) => JSON.parse(wire?.body ?? ""))).toEqual([
    { model: "vectors", input: ["ab"], encoding_format: "float", dimensions: 256 },
    { model: "vectors", input: ["a", "b"], encoding_format: "float" },
  ]);
});

test("what the vectors are for is left out, and told once", () => {
  const one = { content: content("a"), task_type: "RETRIEVAL_QUERY", title: "t" };
  expect(accepted({ requests: [one, one] }, BATCH).gaps).toEqual([
    { field: "taskType", harmless: true },
    { field: "title", harmless: true },
  ]);
});

test.each([
  ["content", {}, ONE],
  ["content.parts", { content: {} }, ONE],
  ["content.parts[0].text", { content: { parts: [{ inlineData: {} }] } }, ONE],
  ["outputDimensionality", { content: content("a"), outputDimensionality: "9" }, ONE],
  ["requests", {}, BATCH],
  ["requests", { requests: [] }, BATCH],
  ["requests[0].content", { requests: [{}] }, BATCH],
  [
    "outputDimensionality",
    { requests: [{ content: content("a") }, { content: content("a"), outputDimensionality: 9 }] },
    BATCH,
  ],
])("%s is wrong in %j", (param, body, sent) => {
  expect(refused(body, sent)).toMatchObject({ status: 400, param });
});

test("C1 no JSON", () => {
  expect(refused("{", ONE).code).toBe("invalid_json");
});

test("vectors come in their order, as Gemini has them", () => {
  const data = [
    { index: 1, embedding: [0.5] },
    { index: 0, embedding: [1, -2.5] },
  ];
  const bytes = new TextEncoder().encode(JSON.stringify({ object: "list", data }));
  const told = (batch: boolean) =>
    JSON.parse(door.answer.encodeVectors?.(bytes, { includeUsage: false, forAnswer: { batch } }) ?? "");
  expect(told(true)).toEqual({ embeddings: [{ values: [1, -2.5] }, { values: [0.5] }] });
  expect(told(false)).toEqual({ embedding: { values: [1, -2.5] } });
});
