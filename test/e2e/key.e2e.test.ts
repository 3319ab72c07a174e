import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { NO_TERMINAL, terminalLine } from "./support/terminal.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

const CANARY = "sk-canary-90c2f6ad13";
const env = { NEXUS_KEYRING: "file" };

async function setKey(space: Workspace, name = "groq", stdin = `${CANARY}\n`) {
  return space.nexus(["key", "set", name], { env, stdin });
}

it("T19 stores one line of standard input, says where, and never shows it", async () => {
  const space = await workspace();
  const { code, stdout, stderr } = await setKey(space);
  const file = join(space.configDir, "secrets.json");
  expect({ code, stdout }).toEqual({ code: 0, stdout: `stored the key for groq in ${file}\n` });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const shown = [stdout, stderr];
  for (const args of [
    ["key", "list"],
    ["key", "list", "--json"],
    ["backend", "list", "--json"],
    ["backend", "show", "groq"],
  ]) {
    const ended = await space.nexus(args, { env });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("groq");
    shown.push(ended.stdout, ended.stderr);
  }
  expect(shown.join("")).not.toContain(CANARY);
});

it("A001-02 the configuration names the key and does not hold it", async () => {
  const space = await workspace();
  const mock = await startMock({ apiKey: CANARY });
  onTestFinished(() => mock.close());
  await space.config({ backends: { box: { type: "generic", url: mock.url } } });
  await setKey(space, "box");
  const config = await readFile(join(space.configDir, "config.json"), "utf8");
  expect(JSON.parse(config)).toEqual({
    backends: { box: { type: "generic", url: mock.url, api_key_ref: "box" } },
  });
  const tested = await space.nexus(["backend", "test", "box"], { env });
  expect(tested.code).toBe(0);
  expect(mock.requests.at(-1)?.headers["authorization"]).toBe(`Bearer ${CANARY}`);
  expect(await readdir(space.configDir)).toEqual(["config.json", "secrets.json"]);
});

it("a key stays with the address it was given for", async () => {
  const space = await workspace();
  const [mock, other] = [await startMock(), await startMock()];
  onTestFinished(() => mock.close());
  onTestFinished(() => other.close());
  await space.config({ backends: { box: { type: "generic", url: mock.url } } });
  await setKey(space, "box");
  await space.nexus(["backend", "edit", "box", "--url", other.url], { env });
  const { code, stderr } = await space.nexus(["backend", "test", "box"], { env });
  expect(code).toBe(4);
  expect(stderr).toContain(`the stored key "box" is for ${mock.url}`);
  expect(other.requests).toEqual([]);
});

it("T19 no flag or argument takes a key, and a wrong try does not repeat it", async () => {
  const space = await workspace();
  const { code, stdout, stderr } = await space.nexus(["key", "set", "groq", CANARY], { env });
  expect(code).toBe(2);
  expect(stdout + stderr).not.toContain(CANARY);
});

it.each([
  ["", 2],
  ["\n", 2],
  ["one\ntwo\n", 2],
  ["two words\n", 2],
])("refuses %j as a key", async (stdin, code) => {
  const space = await workspace();
  expect((await setKey(space, "groq", stdin)).code).toBe(code);
  expect((await space.nexus(["key", "list", "--json"], { env })).stdout).toBe("[]\n");
});

it("takes no key for a backend that does not exist", async () => {
  const space = await workspace();
  const { code, stderr } = await setKey(space, "grok");
  expect(code).toBe(3);
  expect(stderr).toContain("did you mean groq");
});

it("says so when the keyring cannot be used, and uses the file", async () => {
  const space = await workspace();
  const unreachable = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent" };
  const asked = await space.nexus(["key", "set", "groq", "--store", "keyring"], {
    stdin: CANARY,
    env: unreachable,
  });
  // A machine whose keyring needs no D-Bus takes it.
  if (asked.code === 0) return;
  expect(asked.stderr).toContain("--store file");
  const { code, stdout, stderr } = await space.nexus(["key", "set", "groq"], {
    stdin: CANARY,
    env: unreachable,
  });
  expect(code).toBe(0);
  expect(stderr).toContain("the keyring could not be used");
  expect(stdout).toContain("secrets.json");
});

it("lists keys of the environment by the variable's name, and says that they come first", async () => {
  const space = await workspace();
  const both = { ...env, GEMINI_API_KEY: CANARY };
  const { stdout } = await space.nexus(["key", "list", "--json"], { env: both });
  expect(JSON.parse(stdout)).toMatchObject([{ name: "google", source: "env", variable: "GEMINI_API_KEY" }]);
  const { stderr } = await space.nexus(["key", "set", "google"], { env: both, stdin: "another" });
  expect(stderr).toContain("GEMINI_API_KEY is set and comes first");
});

it("T22 deletes only with --force off a terminal, and tells what is not stored", async () => {
  const space = await workspace();
  await setKey(space);
  expect((await space.nexus(["key", "delete", "groq"], { env })).code).toBe(2);
  expect((await space.nexus(["key", "delete", "groq", "--force"], { env })).stdout).toBe(
    "deleted the key groq\n",
  );
  expect(await readFile(join(space.configDir, "secrets.json"), "utf8")).not.toContain(CANARY);
  const again = await space.nexus(["key", "delete", "groq", "--force"], {
    env: { ...env, GROQ_API_KEY: CANARY },
  });
  expect(again.code).toBe(3);
  expect(again.stderr).toContain("comes from GROQ_API_KEY");
});

/** Starts `key set groq` on a terminal and types once it asks. */
async function typed(space: Workspace, keys: string) {
  const running = space.startShell(terminalLine("nexus key set groq"), {
    stdin: "open",
    env: { ...env, TERM: "xterm-256color" },
  });
  await running.until("stdout", /Key for groq/);
  running.child.stdin?.write(keys);
  return running.ended;
}

it.skipIf(NO_TERMINAL)("T19 on a terminal the key is asked for and not shown", async () => {
  const space = await workspace();
  const { code, stdout } = await typed(space, `${CANARY}\r`);
  expect(code).toBe(0);
  expect(stdout).not.toContain(CANARY);
  expect(await readFile(join(space.configDir, "secrets.json"), "utf8")).toContain(CANARY);
});

it.skipIf(NO_TERMINAL)("T14 Ctrl-C at the question ends with 130 and stores nothing", async () => {
  const space = await workspace();
  const { code, stdout } = await typed(space, "\u0003");
  expect(code).toBe(130);
  expect(stdout).not.toMatch(/error|at /i);
  expect((await space.nexus(["key", "list", "--json"], { env })).stdout).toBe("[]\n");
});
