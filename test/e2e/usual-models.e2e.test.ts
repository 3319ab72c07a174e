import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { workspace } from "./support/workspace.ts";

const env = { CLOUD_KEY: "sk-made-up" };

describe.each([
  { id: "A001-21", type: "anthropic", dialect: "anthropic", model: "claude-sonnet-4-5" },
  { id: "A001-22", type: "google", dialect: "gemini", model: "gemini-2.5-flash" },
] as const)("$id a $type backend whose list of models does not come", ({ type, dialect, model }) => {
  async function cloud(listing: string) {
    const mock = await backend({ dialect, answer: "Here I am.", modelsSteps: [listing] });
    const space = await workspace();
    await space.config({ backends: { cloud: { type, url: mock.url, api_key_env: "CLOUD_KEY" } } });
    return { mock, space };
  }

  it.each(["500", "404", "timeout"])(
    "answers `nexus chat -m` for a model it usually has (%s)",
    async (listing) => {
      const { space, mock } = await cloud(listing);
      const run = await space.nexus(["chat", "-m", model, "hi"], { env });
      expect(run).toMatchObject({ code: 0, stdout: "Here I am.\n" });
      expect(mock.chats).toHaveLength(1);
    },
  );

  it("says for a model it never heard of whose list did not come", async () => {
    const { space } = await cloud("500");
    const run = await space.nexus(["chat", "-m", "never-heard-of", "hi"], { env });
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toContain("no list of models came from cloud");
  });

  it("answers through a server too, where it has no list to give", async () => {
    const { space } = await cloud("404");
    const server = await serve(space, [], { env });
    const response = await server.chat(asking(model));
    expect(response.status).toBe(200);
    expect(response.headers.get("x-nexus-model")).toBe(model);
  });
});

it("stands in for nobody without a key", async () => {
  const space = await workspace();
  const box = await backend({ models: ["claude-sonnet-4-5"], answer: "From the box." });
  await space.config({
    backends: {
      cloud: { type: "anthropic", url: "http://127.0.0.1:1" },
      box: { type: "generic", url: box.url },
    },
  });
  const run = await space.nexus(["chat", "-m", "claude-sonnet-4-5", "hi"]);
  expect(run).toMatchObject({ code: 0, stdout: "From the box.\n" });
  expect(run.stderr).toContain("nexus: chain: claude-sonnet-4-5@box: success");
});
