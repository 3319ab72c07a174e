import { describe, expect, it } from "vitest";
import { modelPages } from "../../../src/dialects/openai/door-models.ts";
import { decodeVectors } from "../../../src/dialects/openai/vectors.ts";
import { decodeEmbeddings, encodeEmbeddings } from "../../../src/dialects/openai-chat/door-embeddings.ts";

const bytes = (body: unknown) =>
  new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));

/** The texts that would be counted, or why the request is refused. */
function read(input: unknown) {
  const asked = decodeEmbeddings(bytes({ model: "m", input }));
  if (!asked.ok) return asked.param;
  return asked.request.messages[0]?.parts.map((part) => (part.type === "text" ? part.text : ""));
}

describe("a request for embeddings", () => {
  it.each([
    ["a text", ["a text"]],
    [
      ["one", "two"],
      ["one", "two"],
    ],
    [[1, 2, 3], ["wordwordword"]],
    [
      [[1], [2, 3]],
      ["word", "wordword"],
    ],
  ])("is read with the input %j", (input, texts) => {
    expect(read(input)).toEqual(texts);
  });

  it.each([[undefined], [[]], [{}], [["a", 1]], [[[]]], [[[1], "a"]], [7]])(
    "is refused with the input %j",
    (input) => {
      expect(read(input)).toBe("input");
    },
  );

  it("is refused without a model, and when it is no JSON", () => {
    expect(decodeEmbeddings(bytes({ input: "a" }))).toMatchObject({ ok: false, code: "invalid_model" });
    expect(decodeEmbeddings(bytes("{"))).toMatchObject({ ok: false, code: "invalid_json" });
  });

  it("goes on as it came, with another model", () => {
    const asked = decodeEmbeddings(bytes('{ "model":"lb", "input":"a","dimensions":12345678901234567890 }'));
    if (!asked.ok) throw new Error(asked.message);
    const target = {
      type: "generic",
      model: "real",
      params: { temperature: 1 },
      stream: false,
      key: undefined,
    } as const;
    expect(encodeEmbeddings(asked, target)).toMatchObject({
      path: "/embeddings",
      body: '{ "model":"real", "input":"a","dimensions":12345678901234567890 }',
    });
  });
});

describe("an answer with embeddings", () => {
  it("is whole with vectors, and tells what it cost", () => {
    expect(decodeVectors({ data: [{ embedding: [0.5] }], usage: { prompt_tokens: 3 } })).toMatchObject([
      { type: "response-end", usage: { input: 3 } },
    ]);
    expect(decodeVectors({ data: [{ embedding: "AAAA" }] })).toEqual([
      { type: "response-end", reason: "stop" },
    ]);
  });

  it.each([[{}], [{ data: [] }], ["text"], [{ data: "none" }]])("without vectors is none: %j", (body) => {
    expect(decodeVectors(body)).toMatchObject([{ type: "failure", failure: { class: "malformed" } }]);
  });

  it("may be an error in spite of its status", () => {
    expect(decodeVectors({ error: { message: "busy", code: 503 } })).toMatchObject([{ type: "failure" }]);
  });
});

it("models are listed as OpenAI lists them", () => {
  const [list, one] = modelPages;
  const names = [{ id: "lb", owner: "nexus" }];
  const shown = { id: "lb", object: "model", created: 0, owned_by: "nexus" };
  const asked = { rest: "lb", query: {}, headers: {}, body: new Uint8Array(0) };
  expect(JSON.parse(list?.answer(names, asked).body ?? "")).toEqual({ object: "list", data: [shown] });
  expect(JSON.parse(one?.answer(names, asked).body ?? "")).toEqual(shown);
  expect(one?.answer(names, { ...asked, rest: "nope" }).status).toBe(404);
});
