import { expect, it, onTestFinished } from "vitest";
import { type BackendRecord, resolveBackend } from "../../src/backends/resolve.ts";
import { type MockOptions, startMock } from "../../src/mock/mock.ts";
import { cachedLists } from "../../src/registry/cached-lists.ts";
import { askModels } from "../../src/registry/list-models.ts";
import { createSecret } from "../../src/secrets/secret.ts";
import { memoryStore } from "../../src/state/memory.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { createUpstream } from "../../src/upstream/upstream.ts";

async function setUp(mockOptions: MockOptions = {}, record: Partial<BackendRecord> = {}, key?: string) {
  const mock = await startMock(mockOptions);
  const upstream = createUpstream({ env: {}, clock: REAL_CLOCK });
  onTestFinished(async () => {
    await upstream.close();
    await mock.close();
  });
  const backend = resolveBackend("box", { type: "generic", url: mock.url, ...record }, "configured");
  const findKey = async () => (key === undefined ? undefined : createSecret(key, new Uint8Array(32)));
  const signal = AbortSignal.timeout(5000);
  const lists = cachedLists(async (one, until) => {
    const listing = await askModels(upstream, findKey, one, until);
    return listing.ok ? listing.models : undefined;
  }, memoryStore(REAL_CLOCK));
  return {
    mock,
    ask: (until = signal) => askModels(upstream, findKey, backend, until),
    list: async () => (await lists(backend, signal))?.models,
  };
}

it("asks the server for its models", async () => {
  const { list, mock } = await setUp({ models: ["a", "b"] });
  expect((await list())?.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(mock.requests.map(({ path }) => path)).toEqual(["/v1/models"]);
});

it("stated models win, and nothing is asked", async () => {
  const { list, mock } = await setUp({}, { models: [{ id: "mine", context_length: 4096 }] });
  expect(await list()).toEqual([{ id: "mine", contextLength: 4096 }]);
  expect(mock.requests).toEqual([]);
});

it("without the key it needs, nothing is sent", async () => {
  const { ask, list, mock } = await setUp({}, { api_key_env: "BOX_KEY" });
  expect(await ask()).toMatchObject({ ok: false, failure: { class: "auth", keyMissing: true } });
  expect(await list()).toBeUndefined();
  expect(mock.requests).toEqual([]);
});

it("A002-15 a refused key is an auth failure, a good one lists", async () => {
  const wrong = await setUp({ apiKey: "right-key" }, { api_key_env: "BOX_KEY" }, "wrong-key");
  expect(await wrong.ask()).toMatchObject({ ok: false, failure: { class: "auth", status: 401 } });
  const right = await setUp({ apiKey: "right-key" }, { api_key_env: "BOX_KEY" }, "right-key");
  expect(await right.ask()).toMatchObject({ ok: true });
});

it("a page of HTML or an error is no list", async () => {
  const broken = await setUp({ modelsSteps: ["html"] });
  expect(await broken.ask()).toMatchObject({ ok: false, failure: { class: "malformed" } });
  const busy = await setUp({ modelsSteps: ["503"] });
  expect(await busy.ask()).toMatchObject({ ok: false, failure: { class: "overloaded", status: 503 } });
});

it("Google's models lose the prefix that its users leave out", async () => {
  const { list } = await setUp(
    { models: ["models/gemini-2.5-flash"] },
    { type: "google", dialect: "openai-chat" },
  );
  expect((await list())?.map(({ id }) => id)).toEqual(["gemini-2.5-flash"]);
});

it.each([
  [
    "ollama",
    "/api/ps",
    { models: [{ model: "a", context_length: 4096 }, { model: "b" }] },
    [4096, undefined],
  ],
  ["lmstudio", "/api/v0/models", { data: [{ id: "b", loaded_context_length: 8192 }] }, [undefined, 8192]],
  ["llamacpp", "/props", { default_generation_settings: { n_ctx: 2048 } }, [2048, 2048]],
  ["ollama", "/api/ps", "<html>", [undefined, undefined]],
] as const)(
  "asks %s at %s how much of a window is loaded, and guesses nothing",
  async (type, path, page, windows) => {
    const { list } = await setUp(
      { models: ["a", "b"], pages: { [path]: page }, ...(type === "ollama" && { dialect: type }) },
      { type },
    );
    expect((await list())?.map(({ contextLength }) => contextLength)).toEqual(windows);
  },
);

it("a server that stays silent until the time is up has timed out; nobody aborted anything", async () => {
  const { ask } = await setUp({ modelsSteps: ["timeout"] });
  expect(await ask(AbortSignal.timeout(50))).toEqual({
    ok: false,
    failure: { class: "timeout", message: "no answer in time" },
  });
});
