import { readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

/** A proxy that nobody should ask. */
async function trap(): Promise<{ readonly url: string; readonly calls: readonly unknown[] }> {
  const calls: unknown[] = [];
  const server = createServer((socket) => {
    calls.push(socket.remotePort);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server has a port");
  return { url: `http://127.0.0.1:${address.port}`, calls };
}

describe("what nexus leaves and tells", () => {
  it("T27 no command asks anybody but the backends: no telemetry, no look for updates", async () => {
    const { url, calls } = await trap();
    const space = await failoverWorkspace({ a: await backend(), b: await backend() });
    const env = { HTTP_PROXY: url, HTTPS_PROXY: url, ALL_PROXY: url };
    const commands = [
      "chat -p lb hi",
      "models",
      "profile list",
      "status",
      "stats",
      "why",
      "sessions list",
      "--version",
    ];
    for (const command of commands) {
      const { code, stderr } = await space.nexus(command.split(" "), { env });
      expect([command, code, stderr.match(/update|version/i)]).toEqual([command, 0, null]);
    }
    expect(calls).toEqual([]);
  });

  it("T21 every file is its owner's alone, and every directory", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    // What the test itself wrote is not looked at.
    const configDir = path.join(space.dir, "fresh");
    const env = { NEXUS_CONFIG_DIR: configDir, NEXUS_KEYRING: "file" };
    const { url } = await backend({ models: ["m"] });
    const add = ["backend", "add", url, "--type", "generic", "--name", "a"];
    expect((await space.nexus(add, { env })).code).toBe(0);
    expect((await space.nexus(["key", "set", "a"], { env, stdin: "k-1\n" })).code).toBe(0);
    const save = ["profile", "save", "model", "p", "--backend", "a", "--model", "m"];
    expect((await space.nexus(save, { env })).code).toBe(0);
    expect((await space.nexus(["models"], { env })).code).toBe(0);
    expect((await space.nexus(["chat", "-p", "p", "--session", "s", "hi"], { env })).code).toBe(0);
    const found = [configDir, space.stateDir].flatMap((root) => [
      root,
      ...readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => path.join(root, name)),
    ]);
    expect(found.map((file) => path.basename(file))).toEqual(
      expect.arrayContaining([
        "config.json",
        "secrets.json",
        "p.json",
        "sessions.db",
        "history.db",
        "model-names.txt",
      ]),
    );
    const open = found.filter((file) => (statSync(file).mode & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  it("A002-20 an open circuit is degraded mode too: on standard error, in a header, in the log", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend()];
    const space = await failoverWorkspace({ a, b }, { circuit_breaker_failure_threshold: 1 });
    await space.nexus(["chat", "-p", "lb", "hi"]);
    const { stderr } = await space.nexus(["chat", "-p", "lb", "hi"]);
    expect(stderr).toContain("nexus: degraded mode: m-a (a) did not answer, m-b (b) did\n");
    expect(stderr).toContain("nexus: chain: a: circuit open (skipped) -> b: success\n");
    expect(a.chats).toHaveLength(1);
    const server = await serve(space, ["--log-format", "json"]);
    const { headers } = await server.chat(asking("lb"));
    expect(headers.get("x-nexus-fallback-model")).toBe("m-b");
    expect(headers.get("x-nexus-route-reason")).toBe("backend-failover");
    await server.until("stderr", /"chain_?log"|m-b/i);
    expect(
      server.log().some((line) => line["level"] === "warn" && JSON.stringify(line).includes("m-a")),
    ).toBe(true);
  });
});
