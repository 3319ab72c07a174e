import { expect, it, onTestFinished } from "vitest";
import { type Mock, type MockOptions, startMock } from "../../src/mock/mock.ts";
import { workspace } from "./support/workspace.ts";

async function mockOf(options: MockOptions = {}): Promise<Mock> {
  const mock = await startMock(options);
  onTestFinished(() => mock.close());
  return mock;
}

it("lists are remembered: a bare model is routed without asking, and a name in no list has all backends asked", async () => {
  const box = await mockOf({ models: ["one"] });
  const space = await workspace();
  await space.config({ backends: { box: { type: "generic", url: box.url } } });
  const listings = () => box.requests.filter(({ path }) => path === "/v1/models").length;
  expect((await space.nexus(["chat", "-m", "one", "x"])).code).toBe(0);
  expect((await space.nexus(["chat", "-m", "one", "x"])).code).toBe(0);
  expect(listings()).toBe(1);
  expect((await space.nexus(["chat", "-m", "two", "x"])).code).toBe(3);
  expect(listings()).toBe(2);
});

it("lists the models of all backends with their zones, and names those that did not answer", async () => {
  const space = await workspace();
  const [a, b] = [
    await mockOf({ models: ["llama3.2", "gpt-oss:120b-cloud"], dialect: "ollama" }),
    await mockOf({ modelsSteps: ["503"] }),
  ];
  await space.config({
    backends: {
      near: { type: "ollama", url: a.url },
      busy: { type: "generic", url: b.url },
      stated: { type: "generic", url: "http://203.0.113.9", models: [{ id: "big", context_length: 8192 }] },
    },
  });
  const { code, stdout, stderr } = await space.nexus(["models"]);
  expect(code).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ["llama3.2", "near", "restricted", "-"],
    ["gpt-oss:120b-cloud", "near", "open", "-"],
    ["big", "stated", "open", "8192"],
  ]);
  expect(stderr).toMatch(/busy is left out: .*503/);
});

it("--backend asks one, --json tells all that is known", async () => {
  const space = await workspace();
  const [a, b] = [await mockOf({ models: ["one"] }), await mockOf()];
  await space.config({
    backends: { a: { type: "generic", url: a.url }, b: { type: "generic", url: b.url } },
  });
  const { stdout } = await space.nexus(["models", "--backend", "a", "--json"]);
  expect(JSON.parse(stdout)).toEqual([
    {
      model: "one",
      backend: "a",
      zone: "restricted",
      context_length: null,
      max_output_tokens: null,
      capabilities: null,
    },
  ]);
  expect(b.requests).toEqual([]);
});

it("does not wait for a backend that hangs longer than two seconds", async () => {
  const space = await workspace();
  const [slow, quick] = [await mockOf({ modelsSteps: ["timeout"] }), await mockOf({ models: ["one"] })];
  await space.config({
    backends: { slow: { type: "generic", url: slow.url }, quick: { type: "generic", url: quick.url } },
  });
  const { code, stdout, stderr } = await space.nexus(["models"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^one +quick/);
  expect(stderr).toMatch(/slow is left out/);
});

it("ends with the cause when nobody answered: 4 for keys, 5 for what may pass, 3 for names", async () => {
  const space = await workspace();
  const busy = await mockOf({ modelsSteps: ["503"] });
  expect((await space.nexus(["models"])).code).toBe(3);
  expect((await space.nexus(["models", "--backend", "opanai"])).stderr).toContain("did you mean openai");
  const keyless = await space.nexus(["models", "--backend", "openai"]);
  expect(keyless.code).toBe(4);
  expect(keyless.stderr).toContain("OPENAI_API_KEY");
  await space.config({ backends: { busy: { type: "generic", url: busy.url } } });
  expect((await space.nexus(["models"])).code).toBe(5);
});
