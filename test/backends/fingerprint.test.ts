import { describe, expect, it } from "vitest";
import { identify, type ProbeAnswers, speaksOpenAi } from "../../src/backends/fingerprint.ts";

function answers(bodies: Readonly<Record<string, string | [number, string, string?]>>): ProbeAnswers {
  return new Map(
    Object.entries(bodies).map(([path, said]) => {
      const [status, body, server = ""] = typeof said === "string" ? [200, said] : said;
      return [path, { status, body, server }];
    }),
  );
}

const list = (owner: string) => JSON.stringify({ object: "list", data: [{ id: "m", owned_by: owner }] });

describe("local servers tell themselves apart", () => {
  it.each([
    ["ollama", answers({ "/": "Ollama is running", "/v1/models": list("library") })],
    ["ollama", answers({ "/": [404, ""], "/api/version": '{"version":"0.13.3"}' })],
    [
      "llamacpp",
      answers({ "/props": '{"default_generation_settings":{"n_ctx":4096}}', "/v1/models": list("llamacpp") }),
    ],
    ["llamacpp", answers({ "/props": [401, "{}"], "/v1/models": list("llamacpp") })],
    ["llamacpp", answers({ "/": [200, "<html>", "llama.cpp"], "/v1/models": [503, "{}"] })],
    ["vllm", answers({ "/version": '{"version":"0.9"}', "/v1/models": list("vllm") })],
    ["vllm", answers({ "/version": '{"version":"0.9"}', "/v1/models": [401, '{"error":"Unauthorized"}'] })],
    ["lmstudio", answers({ "/api/v1/models": '{"models":[]}', "/v1/models": list("organization_owner") })],
    ["lmstudio", answers({ "/api/v0/models": '{"data":[]}' })],
    ["exo", answers({ "/node_id": '"12D3KooW"' })],
    ["generic", answers({ "/": "nexus is running", "/api/version": '{"version":"0.12.6"}' })],
  ] as const)("%s", (type, said) => {
    expect(identify(said)).toBe(type);
  });

  it("llama.cpp is not taken for Ollama because it answers some of its paths", () => {
    const said = answers({
      "/api/version": '{"version":"b1"}',
      "/props": '{"default_generation_settings":{}}',
    });
    expect(identify(said)).toBe("llamacpp");
  });

  it.each([
    ["a web page on every path", answers({ "/": "<html>", "/props": "<html>", "/node_id": "<html>" })],
    ["JSON that means nothing", answers({ "/": "{}", "/version": '{"version":"1"}', "/props": "[]" })],
    ["nothing", answers({})],
  ])("%s is none of them", (_, said) => {
    expect(identify(said)).toBeUndefined();
    expect(speaksOpenAi(said)).toBe(false);
  });

  it("a listing of models, or a refusal to list them, is OpenAI's dialect", () => {
    expect(speaksOpenAi(answers({ "/v1/models": list("somebody") }))).toBe(true);
    expect(speaksOpenAi(answers({ "/v1/models": '{"data":[]}' }))).toBe(true);
    expect(speaksOpenAi(answers({ "/v1/models": [401, ""] }))).toBe(true);
  });
});
