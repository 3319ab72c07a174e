import { expect, test } from "vitest";
import { decodeModels, modelsRequest } from "../../../src/dialects/openai/models.ts";
import { recorded } from "../openai-chat/fixtures.ts";

test("models are listed by a GET with the key", () => {
  expect(modelsRequest("sk-1")).toEqual({
    method: "GET",
    path: "/models",
    headers: { accept: "application/json", authorization: "Bearer sk-1" },
  });
});

test("a recorded list gives ids and nothing that nobody stated", () => {
  expect(decodeModels(JSON.parse(recorded("models.response.txt")))?.[1]).toEqual({ id: "gpt-4o" });
});

test.each([
  ["vLLM", { max_model_len: 4096 }],
  ["llama.cpp", { meta: { n_ctx: 4096, n_ctx_train: 131072 } }],
  ["Groq", { context_window: 4096 }],
  ["Mistral", { max_context_length: 4096 }],
  ["OpenRouter", { context_length: 4096 }],
])("%s tells the window", (_, fields) => {
  expect(decodeModels({ data: [{ id: "m", ...fields }] })).toEqual([{ id: "m", contextLength: 4096 }]);
});

test("what a model was trained for is not its window", () => {
  expect(decodeModels({ data: [{ id: "m", meta: { n_ctx_train: 131072 } }] })).toEqual([{ id: "m" }]);
});

test("a full statement of capabilities is kept", () => {
  const entry = {
    id: "m",
    architecture: { input_modalities: ["text", "image"] },
    supported_parameters: ["tools", "temperature"],
    top_provider: { max_completion_tokens: 8000 },
  };
  expect(decodeModels([entry])).toEqual([
    { id: "m", maxOutputTokens: 8000, capabilities: ["vision", "tools"] },
  ]);
});

test("entries without an id are left out, numbers that are none ignored", () => {
  expect(
    decodeModels({ data: [null, {}, { id: "" }, { id: "m", max_model_len: "4096", context_length: -1 }] }),
  ).toEqual([{ id: "m" }]);
});

test.each([null, "text", {}, { data: {} }])("%j is no list", (body) => {
  expect(decodeModels(body)).toBeUndefined();
});
