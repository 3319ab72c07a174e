import { chmod, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { isObject } from "../../src/core/json.ts";
import { backend, deadAddress } from "./support/backends.ts";
import { serve } from "./support/server.ts";
import { NO_TERMINAL, onTerminal } from "./support/terminal.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

/** A workspace whose directories nobody else can enter, and whose port for a server is free. */
async function tidy(space: Workspace): Promise<Workspace> {
  for (const directory of [space.configDir, space.stateDir]) {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o700);
  }
  return space;
}

const PORT = { NEXUS_SERVER_PORT: "0" };

async function findingsOf(space: Workspace, env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await space.nexus(["doctor", "--json"], { env: { ...PORT, ...env } });
  const report: unknown = JSON.parse(stdout);
  const findings = isObject(report) && Array.isArray(report["findings"]) ? report["findings"] : [];
  return { code, stdout, stderr, report, findings: findings.filter(isObject) };
}

describe("nexus doctor", () => {
  it("finds nothing wrong where nothing is: exit 0, one line a finding", async () => {
    const a = await backend({ models: ["m-a"] });
    const space = await tidy(await failoverWorkspace({ a }));
    const { code, stdout, stderr } = await space.nexus(["doctor"], { env: PORT });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "nexus: all is well\n" });
    expect(stdout).not.toMatch(/^(?:warning|broken)/m);
    expect(stdout).toMatch(/^ok +backends +a: answers in \d+ ms, 1 models?$/m);
    expect(a.chats).toEqual([]);
  });

  it("tells of a file of keys that others can read, and closes it", async () => {
    const a = await backend({ models: ["m-a"] });
    const space = await tidy(await failoverWorkspace({ a }));
    await chmod(await space.write("config/secrets.json", '{"version":1,"keys":{}}'), 0o644);
    const about = async () => {
      const { code, stderr, findings } = await findingsOf(space);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return findings.filter(({ check }) => check === "permissions");
    };
    expect(await about()).toEqual([
      {
        check: "permissions",
        level: "warning",
        text: expect.stringMatching(
          /holds keys and could be read by others \(mode 644\); its mode is 600 now/,
        ),
        fix: expect.stringContaining("new keys"),
      },
    ]);
    expect(await about()).toMatchObject([{ level: "ok" }]);
  });

  it("has a finding for every check, in JSON too", async () => {
    const a = await backend({ models: ["m-a"] });
    const space = await tidy(await failoverWorkspace({ a }));
    const { report, findings } = await findingsOf(space, { GROQ_API_KEY: "gsk-sentinel" });
    expect(report).toMatchObject({ warnings: expect.any(Number), broken: expect.any(Number) });
    expect(new Set(findings.map(({ check }) => check))).toEqual(
      new Set(
        "configuration profiles permissions keys backends models clock server proxies state terminal".split(
          " ",
        ),
      ),
    );
    expect(findings.every(({ level, fix }) => level === "ok" || fix !== undefined)).toBe(true);
  });

  it.each([
    [
      "a backend that is not there",
      "backends",
      async () => failoverWorkspace({ a: { url: await deadAddress() } }),
      { text: /^a: connection refused/, fix: /check its address/ },
    ],
    [
      "a key that is refused",
      "backends",
      async () => failoverWorkspace({ a: { url: (await backend({ modelsSteps: ["401"] })).url } }),
      { text: /^a: .*401/, fix: /check its key: / },
    ],
    [
      "a key that is missing",
      "keys",
      async () => failoverWorkspace({ a: { url: await deadAddress(), record: { api_key_env: "A_KEY" } } }),
      { text: /has no key \(A_KEY is not set\)/, fix: /nexus key set a/ },
    ],
    [
      "a model that its backend does not have",
      "models",
      async () =>
        failoverWorkspace({ a: { url: (await backend({ models: ["llama3.2"] })).url, model: "lama3.2" } }),
      { text: /a lists no model "lama3.2" \(did you mean llama3.2\?\)/, fix: /nexus models --backend a/ },
    ],
    [
      "a configuration that is no JSON",
      "configuration",
      async () => {
        const space = await workspace();
        await space.write("config/config.json", "{");
        return space;
      },
      { text: /config\.json:1:2/, fix: /nexus config edit/ },
    ],
    [
      "a profile whose member is gone",
      "profiles",
      async () => {
        const space = await failoverWorkspace({ a: { url: await deadAddress() } });
        await space.profile("lb", {
          version: 1,
          type: "loadbalancer",
          policy: "roundrobin",
          profiles: ["gone"],
        });
        return space;
      },
      { text: /profile "lb": .*gone/, fix: /nexus profile edit lb/ },
    ],
    [
      "a state directory that cannot be used",
      "permissions",
      async () => {
        const space = await workspace();
        await space.write("state", "a file");
        return space;
      },
      { text: /state cannot be written/, fix: /NEXUS_STATE_DIR/ },
    ],
  ])("says what mends %s, and ends with 3", async (_what, check, make, wanted) => {
    const space = await make();
    const { code, findings } = await findingsOf(space);
    expect(code).toBe(3);
    const broken = findings.filter((finding) => finding["check"] === check && finding["level"] === "broken");
    expect(broken).toEqual([
      {
        check,
        level: "broken",
        text: expect.stringMatching(wanted.text),
        fix: expect.stringMatching(wanted.fix),
      },
    ]);
  });

  it("asks no backend through a proxy that is none, and says so", async () => {
    const a = await backend();
    const space = await tidy(await failoverWorkspace({ a }));
    const { code, findings } = await findingsOf(space, { HTTPS_PROXY: "nonsense://secret@host" });
    expect(code).toBe(3);
    expect(findings).toContainEqual({
      check: "proxies",
      level: "broken",
      text: "HTTPS_PROXY is not the address of a proxy",
      fix: "Set HTTPS_PROXY=http://host:port",
    });
  });

  it("a busy backend is there: a warning, exit 0", async () => {
    const a = await backend({ modelsSteps: ["429"] });
    const space = await tidy(await failoverWorkspace({ a }));
    const { code, findings } = await findingsOf(space);
    expect(findings).toContainEqual(expect.objectContaining({ check: "backends", level: "warning" }));
    expect(code).toBe(0);
  });

  it("a directory that others can enter is a warning with its chmod", async () => {
    const a = await backend({ models: ["m-a"] });
    const space = await tidy(await failoverWorkspace({ a }));
    await chmod(space.configDir, 0o755);
    const { code, findings } = await findingsOf(space);
    expect(code).toBe(0);
    expect(findings.filter(({ level }) => level === "warning")).toEqual([
      {
        check: "permissions",
        level: "warning",
        text: `${space.configDir} can be read by others (mode 755)`,
        fix: `chmod 700 ${space.configDir}`,
      },
    ]);
  });

  it("tells a server of ours from another program on its port", async () => {
    const a = await backend({ models: ["m-a"] });
    const space = await tidy(await failoverWorkspace({ a }));
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = isObject(address) ? String(address["port"]) : "";
    const taken = await findingsOf(space, { NEXUS_SERVER_PORT: port });
    expect(taken.findings).toContainEqual({
      check: "server",
      level: "warning",
      text: `nexus serve could not listen on 127.0.0.1:${port}: another program does`,
      fix: "nexus config set server.port 8643",
    });
    const { url } = await serve(space);
    const { findings } = await findingsOf(space);
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "server",
        level: "ok",
        text: expect.stringContaining(`runs at ${url}`),
      }),
    );
  });

  it("T19 never shows a key", async () => {
    const key = "sk-sentinel-0123456789";
    const a = await backend({ modelsSteps: ["401"] });
    const space = await tidy(
      await failoverWorkspace({ a: { url: a.url, record: { api_key_env: "A_KEY" } } }),
    );
    const { stdout, stderr, findings } = await findingsOf(space, { A_KEY: key, NEXUS_DEBUG: "1" });
    expect(stdout + stderr).not.toContain(key);
    expect(findings).toContainEqual({ check: "keys", level: "ok", text: "a: there (A_KEY)", fix: null });
  });

  it("with nothing configured the way forward is nexus init", async () => {
    const { code, findings } = await findingsOf(await workspace());
    expect(code).toBe(3);
    expect(findings).toContainEqual({
      check: "backends",
      level: "broken",
      text: "there is none to ask",
      fix: "nexus init",
    });
  });

  it.skipIf(NO_TERMINAL !== undefined)("wraps its lines at the width of a terminal", async () => {
    const space = await failoverWorkspace({ a: { url: await deadAddress() } });
    const { screen } = await onTerminal(space, "stty cols 80; nexus doctor --color never 2>log", {
      env: PORT,
    });
    expect(Math.max(...screen.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(
      Math.max(80, ` ${space.configDir}/config.json:`.length + 24),
    );
    expect(screen).toMatch(/^ {24}fix: check its address/m);
  });
});
