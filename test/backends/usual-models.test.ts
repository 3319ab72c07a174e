import { calcPrice } from "@pydantic/genai-prices";
import { expect, it } from "vitest";
import { PRESETS } from "../../src/backends/clouds.ts";
import { resolveBackend } from "../../src/backends/resolve.ts";

const PROVIDERS = ["openai", "anthropic", "google"];

it.each(PROVIDERS)(
  "A001-21 A001-22 each usual model of %s has a price at its provider: none is made up",
  (name) => {
    const models = PRESETS[name]?.usualModels ?? [];
    expect(models).not.toEqual([]);
    const unpriced = models.filter((model) => calcPrice({}, model, { providerId: name }) === null);
    expect(unpriced).toEqual([]);
  },
);

it.each(PROVIDERS)("the usual models of %s hold its default model", (name) => {
  expect(PRESETS[name]?.usualModels).toContain(PRESETS[name]?.defaultModel);
});

it.each([
  ["its provider's own address", "claude", { type: "anthropic" }, "claude-sonnet-4-5"],
  [
    "another address, as a proxy has",
    "claude",
    { type: "anthropic", url: "http://192.0.2.1/v1" },
    "claude-sonnet-4-5",
  ],
  ["OpenAI's own address", "oa", { type: "openai", url: "https://api.openai.com/v1" }, "gpt-4o"],
] as const)("a backend has usual models at %s", (_, name, record, model) => {
  expect(resolveBackend(name, record, "configured").usualModels).toContainEqual({ id: model });
});

it.each([
  ["a compatible cloud", "groq", { type: "openai", url: "https://api.groq.com/openai/v1" }],
  ["a server nobody knows", "box", { type: "openai", url: "http://192.0.2.1/v1" }],
  ["another provider's address", "ds", { type: "anthropic", url: "https://api.deepseek.com/anthropic" }],
  ["a local server", "ollama", { type: "ollama" }],
] as const)("none is guessed for %s", (_, name, record) => {
  expect(resolveBackend(name, record, "configured").usualModels).toEqual([]);
});
