import { expect, test } from "vitest";
import type { DialectName } from "../../../src/core/backend.ts";
import type { Params } from "../../../src/core/chat.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";

const ASKED = {
  messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
  tools: [],
  params: {},
} as const;

function sent(dialect: DialectName, type: "openai" | "generic", model: string, params: Params) {
  const { encode, gaps } = DIALECTS[dialect].request;
  const target = { type, model, params, stream: false, key: undefined };
  const body: Record<string, unknown> = JSON.parse(encode(ASKED, target).body ?? "");
  return { body, gaps: gaps(ASKED, target) };
}

const EFFORT = { field: "reasoning_effort", harmless: true };
const LIMIT = { field: "max_tokens", harmless: true };

test.each([
  ["openai-chat", "gpt-4o-mini", { max_tokens: 16_384 }],
  ["openai-responses", "gpt-4.1", { max_output_tokens: 32_768 }],
  ["openai-chat", "gpt-3.5-turbo", { max_tokens: 4_096 }],
] as const)(
  "%s: %s is not told to think, nor to say more than it can, and both is told",
  (dialect, model, body) => {
    const { body: written, gaps } = sent(dialect, "openai", model, {
      reasoning_effort: "high",
      max_tokens: 64_000,
    });
    expect(written).toMatchObject(body);
    expect(JSON.stringify(written)).not.toContain("effort");
    expect(gaps).toEqual(expect.arrayContaining([EFFORT, LIMIT]));
  },
);

test.each([
  ["openai-chat", "openai", "gpt-5"],
  ["openai-responses", "openai", "o3-pro"],
  ["openai-chat", "generic", "gpt-4o"],
] as const)("%s: what %s's %s is asked for goes there as it is", (dialect, type, model) => {
  const { body, gaps } = sent(dialect, type, model, { reasoning_effort: "high", max_tokens: 64_000 });
  expect(JSON.stringify(body)).toMatch(/"high"[\s\S]*64000|64000[\s\S]*"high"/);
  expect(gaps).toEqual([]);
});

test("what a model can do is not made less", () => {
  const { body, gaps } = sent("openai-chat", "openai", "gpt-4o", { max_tokens: 100 });
  expect(body).toMatchObject({ max_tokens: 100 });
  expect(gaps).toEqual([]);
});

test.each([
  ["qwen3", "high", true],
  ["qwen3", "none", false],
  ["gpt-oss:20b", "high", false],
])("Ollama's %s with the effort %s says that it was left out: %s", (model, reasoning_effort, told) => {
  const target = { type: "ollama", model, params: { reasoning_effort } } as const;
  expect(DIALECTS.ollama.request.gaps(ASKED, target)).toEqual(told ? [EFFORT] : []);
});
