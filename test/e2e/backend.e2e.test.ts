import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Mock, type MockOptions, startMock } from "../../src/mock/mock.ts";
import { NO_TERMINAL, onTerminal, terminalLine } from "./support/terminal.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

const CANARY = "sk-canary-b41d8e0f7a";

async function mockOf(options: MockOptions = {}): Promise<Mock> {
  const mock = await startMock(options);
  onTestFinished(() => mock.close());
  return mock;
}

/** An address where nothing listens. */
async function deadUrl(): Promise<string> {
  const mock = await startMock();
  await mock.close();
  return mock.url;
}

async function configOf(space: Workspace): Promise<unknown> {
  return JSON.parse(await readFile(join(space.configDir, "config.json"), "utf8"));
}

describe("backend add", () => {
  it("finds out what listens at an address, names it after its type and says what it found", async () => {
    const space = await workspace();
    const mock = await mockOf({ models: ["llama3.2", "qwen3"], dialect: "ollama" });
    const { code, stdout, stderr } = await space.nexus(["backend", "add", mock.url]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `added ollama: ollama at ${mock.url}, zone restricted, 2 models\n`,
    });
    expect(stderr).toContain("nexus profile save model NAME --backend ollama --model llama3.2");
    expect(await configOf(space)).toEqual({ backends: { ollama: { type: "ollama", url: mock.url } } });
  });

  it("gives a second one of a type a name of its own, and refuses an address twice", async () => {
    const space = await workspace();
    const [one, two] = [await mockOf({ dialect: "ollama" }), await mockOf({ dialect: "ollama" })];
    await space.nexus(["backend", "add", one.url]);
    expect((await space.nexus(["backend", "add", two.url])).stdout).toMatch(/^added ollama-2: /);
    const again = await space.nexus(["backend", "add", `${one.url}/v1/`]);
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toContain('"ollama" already has the address');
  });

  it("takes host:port, and any server that lists models as generic", async () => {
    const space = await workspace();
    const mock = await mockOf();
    const { code, stdout } = await space.nexus(["backend", "add", `127.0.0.1:${mock.port}`, "--name", "box"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^added box: generic at /);
  });

  it("an address where nothing answers is an error that leaves everything as it was", async () => {
    const space = await workspace();
    const url = await deadUrl();
    const { code, stdout, stderr } = await space.nexus(["backend", "add", url]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(url);
    expect(stderr).toContain("--type");
    await expect(configOf(space)).rejects.toThrow("ENOENT");
  });

  it("with --type it is saved all the same, with a warning", async () => {
    const space = await workspace();
    const { code, stdout, stderr } = await space.nexus(["backend", "add", await deadUrl(), "--type", "vllm"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^added vllm: /);
    expect(stderr).toMatch(/warning: vllm cannot be used now: .*is vLLM running/);
  });

  it("a web server is no backend", async () => {
    const space = await workspace();
    const mock = await mockOf({ modelsSteps: ["html"], pages: { "/": "<html>hello</html>" } });
    const { code, stderr } = await space.nexus(["backend", "add", mock.url]);
    expect(code).toBe(3);
    expect(stderr).toContain("no server that is known");
  });

  it("A001-03 a provider without its key is added, with one warning naming backend and variable", async () => {
    const space = await workspace();
    const { code, stderr } = await space.nexus(["backend", "add", "groq"]);
    expect(code).toBe(0);
    expect(stderr.match(/warning:/g)).toHaveLength(1);
    expect(stderr).toMatch(/warning: backend "groq" has no key \(GROQ_API_KEY is not set\)/);
  });

  it("states what the flags state", async () => {
    const space = await workspace();
    const mock = await mockOf();
    await space.nexus([
      ...["backend", "add", mock.url, "--name", "box", "--zone", "open", "--tier", "2", "--priority", "10"],
      ...["--model", "a", "--model", "b", "--header", "x-team=blue", "--timeout", "first-content=2m"],
    ]);
    expect(await configOf(space)).toEqual({
      backends: {
        box: {
          ...{ type: "generic", url: mock.url, zone: "open", tier: 2, priority: 10, models: ["a", "b"] },
          ...{ timeouts: { first_content_ms: 120_000 }, headers: { "x-team": "blue" } },
        },
      },
    });
  });

  it("replaces a backend only with --force", async () => {
    const space = await workspace();
    const mock = await mockOf();
    await space.nexus(["backend", "add", mock.url, "--name", "box"]);
    const asked = await space.nexus(["backend", "add", mock.url, "--name", "box", "--tier", "3"]);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("--force");
    const forced = await space.nexus(["backend", "add", mock.url, "--name", "box", "--tier", "3", "--force"]);
    expect(forced.stdout).toMatch(/^replaced box: /);
  });

  it.each([
    [["grok"], /did you mean groq/],
    [["http://h/", "--type", "olama"], /--type: .*did you mean ollama/],
    [["http://127.0.0.1:1", "--type", "vllm", "--tier", "high"], /--tier/],
    [["http://127.0.0.1:1", "--type", "vllm", "--timeout", "idel=1s"], /--timeout/],
    [["http://127.0.0.1:1", "--type", "vllm", "--name", "a/b"], /--name "a\/b"/],
  ])("T25 %j is a usage error that names what is wrong", async (args, message) => {
    const space = await workspace();
    const { code, stdout, stderr } = await space.nexus(["backend", "add", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("A001-02 a literal key is refused and not repeated", async () => {
    const space = await workspace();
    for (const flag of ["--api-key-env", "--api-key-ref"]) {
      const { code, stderr } = await space.nexus(["backend", "add", "groq", flag, CANARY]);
      expect(code).toBe(3);
      expect(stderr).not.toContain(CANARY);
      expect(stderr).toContain("nexus key set");
    }
    const header = `Authorization=Bearer ${CANARY}`;
    const { code, stderr } = await space.nexus(["backend", "add", "groq", "--header", header]);
    expect(code).toBe(3);
    expect(stderr).not.toContain(CANARY);
  });

  it("never asks a metadata service", async () => {
    const space = await workspace();
    const { code, stderr } = await space.nexus(["backend", "add", "http://169.254.169.254/latest"]);
    expect(code).toBe(3);
    expect(stderr).toContain("metadata");
  });
});

describe("backend list and show", () => {
  it("lists configured backends, and providers whose key is there, without the key", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "vllm", url: "http://10.0.0.5:8000", tier: 3 } } });
    const env = { OPENAI_API_KEY: CANARY };
    const { code, stdout, stderr } = await space.nexus(["backend", "list"], { env });
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["box", "vllm", "http://10.0.0.5:8000/v1", "restricted", "3", "not needed", "configured"],
      ["openai", "openai", "https://api.openai.com/v1", "open", "1", "OPENAI_API_KEY", "preset"],
      [""],
    ]);
    const json = await space.nexus(["backend", "list", "--json"], { env });
    expect(JSON.parse(json.stdout)).toMatchObject([
      { name: "box", key: { required: false, present: false, source: null } },
      { name: "openai", key: { required: true, present: true, source: "OPENAI_API_KEY" } },
    ]);
    expect(stdout + stderr + json.stdout).not.toContain(CANARY);
  });

  it("finds a local server where OLLAMA_HOST says, as long as none is configured", async () => {
    const space = await workspace();
    const mock = await mockOf({ dialect: "ollama" });
    const env = { NEXUS_NO_DETECT: undefined, OLLAMA_HOST: `127.0.0.1:${mock.port}` };
    const found = await space.nexus(["backend", "list", "--json"], { env });
    expect(JSON.parse(found.stdout)).toContainEqual(
      expect.objectContaining({
        name: "ollama",
        source: "detected",
        zone: "restricted",
        url: mock.url,
      }),
    );
    await space.config({ backends: { box: { type: "vllm", url: "http://127.0.0.1:9" } } });
    const configured = await space.nexus(["backend", "list", "--json"], { env });
    expect(JSON.parse(configured.stdout).map(({ name }: { name: string }) => name)).toEqual(["box"]);
  });

  it("shows one with its defaults, and knows the nearest name of one that does not exist", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "vllm", url: "http://10.0.0.5:8000" } } });
    const { stdout } = await space.nexus(["backend", "show", "box", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ name: "box", models: null, timeouts: { idle_ms: 60_000 } });
    expect((await space.nexus(["backend", "show", "anthropic"])).stdout).toMatch(/^source +preset$/m);
    const missing = await space.nexus(["backend", "show", "bix"]);
    expect(missing).toMatchObject({ code: 3, stdout: "" });
    expect(missing.stderr).toContain("did you mean box");
  });
});

describe("backend edit and remove", () => {
  it("changes what the flags name, and --unset goes back to the default", async () => {
    const space = await workspace();
    const box = { type: "vllm", url: "http://127.0.0.1:9", tier: 2, timeouts: { idle_ms: 5 } };
    await space.config({ backends: { box } });
    await space.nexus([
      "backend",
      "edit",
      "box",
      "--priority",
      "7",
      "--timeout",
      "total=1m",
      "--unset",
      "tier",
    ]);
    expect(await configOf(space)).toEqual({
      backends: {
        box: {
          type: "vllm",
          url: "http://127.0.0.1:9",
          timeouts: { idle_ms: 5, total_ms: 60_000 },
          priority: 7,
        },
      },
    });
  });

  it("refuses a change that makes no sense, and leaves the file as it was", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "vllm", url: "http://127.0.0.1:9" } } });
    const before = await readFile(join(space.configDir, "config.json"), "utf8");
    for (const change of [
      ["--url", "ftp://x"],
      ["--tier", "9"],
      ["--unset", "tear"],
    ]) {
      const { code, stderr } = await space.nexus(["backend", "edit", "box", ...change]);
      expect([2, 3]).toContain(code);
      expect(stderr).toMatch(/url|tier/);
    }
    expect(await readFile(join(space.configDir, "config.json"), "utf8")).toBe(before);
    expect((await space.nexus(["backend", "edit", "box"])).code).toBe(2);
  });

  it.skipIf(NO_TERMINAL)("without flags the record is opened in the editor", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "vllm", url: "http://127.0.0.1:9" } } });
    const editor = await space.write("edit.sh", 'sed -i s/vllm/generic/ "$1"\n');
    const { code } = await onTerminal(space, "nexus backend edit box", { env: { EDITOR: `sh ${editor}` } });
    expect(code).toBe(0);
    expect(await configOf(space)).toEqual({
      backends: { box: { type: "generic", url: "http://127.0.0.1:9" } },
    });
  });

  it.skipIf(NO_TERMINAL)("T22 asks on a terminal, and keeps the backend when the answer is no", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "vllm", url: "http://127.0.0.1:9" } } });
    const running = space.startShell(terminalLine("nexus backend remove box"), { stdin: "open" });
    await running.until("stdout", /Remove the backend "box"\?/);
    running.child.stdin?.write("n\r");
    expect((await running.ended).code).toBe(0);
    expect(await configOf(space)).toMatchObject({ backends: { box: {} } });
  });

  it.skipIf(NO_TERMINAL)("T14 T22 Ctrl-C at a question changes nothing and ends with 130", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "vllm", url: "http://127.0.0.1:9" } } });
    const running = space.startShell(terminalLine("nexus backend remove box"), { stdin: "open" });
    await running.until("stdout", /Remove the backend "box"\?/);
    running.child.stdin?.write("\u0003");
    expect((await running.ended).code).toBe(130);
    expect(await configOf(space)).toMatchObject({ backends: { box: {} } });
  });

  it("T22 removes only with --force off a terminal, and says which profiles use it", async () => {
    const space = await workspace();
    await space.config({ backends: { box: { type: "vllm", url: "http://127.0.0.1:9" } } });
    await space.profile("fast", { version: 1, type: "model", backend: "box", model: "m", params: {} });
    const asked = await space.nexus(["backend", "remove", "box"]);
    expect(asked).toMatchObject({ code: 2, stdout: "" });
    expect(asked.stderr).toMatch(/fast.*\n.*--force/);
    const forced = await space.nexus(["backend", "remove", "box", "--force"]);
    expect(forced).toMatchObject({ code: 0, stdout: "removed box\n" });
    expect(forced.stderr).toContain("fast");
    expect(await configOf(space)).toEqual({ backends: {} });
  });

  it("a broken configuration is neither read nor overwritten", async () => {
    const space = await workspace();
    await space.config({});
    const file = join(space.configDir, "config.json");
    await writeFile(file, '{ "backends": {');
    for (const args of [["list"], ["add", "groq"], ["remove", "groq", "--force"]]) {
      const { code, stderr } = await space.nexus(["backend", ...args]);
      expect(code).toBe(3);
      expect(stderr).toContain(`${file}:1:`);
    }
    expect(await readFile(file, "utf8")).toBe('{ "backends": {');
  });
});

describe("backend test", () => {
  it("asks the free list of models only, and sends the key where it belongs", async () => {
    const space = await workspace();
    const mock = await mockOf({ models: ["a", "b"], apiKey: CANARY });
    await space.config({ backends: { box: { type: "openai", url: mock.url, api_key_env: "BOX_KEY" } } });
    const env = { BOX_KEY: CANARY };
    const { code, stdout, stderr } = await space.nexus(["backend", "test", "box", "--json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      view: "fresh",
      server: null,
      backends: [
        {
          name: "box",
          ok: true,
          asked: `GET ${mock.url}/v1/models`,
          status: null,
          models: [{ id: "a" }, { id: "b" }],
          error: null,
        },
      ],
    });
    expect(mock.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /v1/models"]);
    expect(stdout + stderr).not.toContain(CANARY);
  });

  it.each([
    ["openai", "OPENAI_API_KEY"],
    ["anthropic", "ANTHROPIC_API_KEY"],
    ["google", "GEMINI_API_KEY"],
  ])("A002-24 %s takes its key from %s, unless api_key_env names another", async (name, variable) => {
    const space = await workspace();
    const mock = await mockOf();
    const env = { [variable]: CANARY, OTHER_KEY: "sk-other" };
    await space.config({ backends: { [name]: { type: name, url: mock.url } } });
    await space.nexus(["backend", "test", name], { env });
    await space.nexus(["backend", "edit", name, "--api-key-env", "OTHER_KEY"], { env });
    const sent = mock.requests.map(
      ({ headers }) => headers["authorization"] ?? headers["x-goog-api-key"] ?? headers["x-api-key"],
    );
    const scheme = name === "openai" ? "Bearer " : "";
    expect(sent).toEqual([`${scheme}${CANARY}`, `${scheme}sk-other`]);
  });

  it("a server without a list of models is no failure where its models are stated", async () => {
    const space = await workspace();
    const mock = await mockOf({ modelsSteps: ["404"] });
    await space.config({ backends: { box: { type: "generic", url: mock.url, models: ["m"] } } });
    const { code, stdout } = await space.nexus(["backend", "test", "box"]);
    expect(code).toBe(0);
    expect(stdout).toContain("its key was not checked");
  });

  it("A001-05 a refused key ends with 4 and is not repeated, though the server echoes it", async () => {
    const space = await workspace();
    const mock = await mockOf({ modelsSteps: [{ fault: "401", message: `bad key ${CANARY}` }] });
    await space.config({ backends: { box: { type: "openai", url: mock.url, api_key_env: "BOX_KEY" } } });
    const { code, stdout, stderr } = await space.nexus(["backend", "test"], { env: { BOX_KEY: CANARY } });
    expect(code).toBe(4);
    expect(stdout).toContain("BOX_KEY");
    expect(stdout + stderr).not.toContain(CANARY);
  });

  it("nothing is sent without the key, and that is 4 too", async () => {
    const space = await workspace();
    const mock = await mockOf();
    await space.config({ backends: { box: { type: "openai", url: mock.url, api_key_env: "BOX_KEY" } } });
    const { code, stdout } = await space.nexus(["backend", "test", "box"]);
    expect(code).toBe(4);
    expect(stdout).toMatch(/no key .*BOX_KEY/);
    expect(mock.requests).toEqual([]);
  });

  it("a dead server ends with 5 and a hint, also beside one that lives", async () => {
    const space = await workspace();
    const mock = await mockOf();
    await space.config({
      backends: { box: { type: "generic", url: mock.url }, dead: { type: "ollama", url: await deadUrl() } },
    });
    const { code, stdout } = await space.nexus(["backend", "test", "--all"]);
    expect(code).toBe(5);
    expect(stdout).toMatch(/^box +ok /m);
    expect(stdout).toMatch(/^dead .*ollama serve$/m);
  });

  it("an unknown name and no backend at all end with 3", async () => {
    const space = await workspace();
    expect((await space.nexus(["backend", "test", "nope"])).code).toBe(3);
    const none = await space.nexus(["backend", "test"]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain("nexus backend add");
  });
});
