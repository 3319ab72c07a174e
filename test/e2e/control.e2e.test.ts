import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace, type Workspace } from "./support/workspace.ts";

async function told(space: Workspace): Promise<readonly string[]> {
  return (await readdir(space.stateDir)).filter((name) => name.startsWith("serve-")).toSorted();
}

async function json(space: Workspace, ...args: readonly string[]) {
  const { stdout } = await space.nexus([...args, "--json"]);
  return JSON.parse(stdout);
}

describe("a running server and its user", () => {
  it("X-03 tells where it listens in files of its user only, and takes them away at its end", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const server = await serve(space);
    const { port } = new URL(server.url);
    expect(await told(space)).toEqual([`serve-${port}.json`, `serve-${port}.sock`]);
    for (const name of await told(space)) {
      expect((await stat(join(space.stateDir, name))).mode & 0o777).toBe(0o600);
    }
    const file = JSON.parse(await readFile(join(space.stateDir, `serve-${port}.json`), "utf8"));
    expect(file).toMatchObject({
      pid: server.child.pid,
      url: server.url,
      port: Number(port),
      socket: join(space.stateDir, `serve-${port}.sock`),
    });
    server.child.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
    expect(await told(space)).toEqual([]);
  });

  it("X-03 a drained backend gets nothing new while its stream ends, until it is resumed", async () => {
    const a = await backend({ answer: "one two three four five six seven eight", chunkDelayMs: 300 });
    const b = await backend();
    const space = await failoverWorkspace({ a, b });
    const server = await serve(space);
    const stream = await server.chat(asking("lb", { stream: true }));
    const drained = await space.nexus(["backend", "drain", "a"]);
    expect(drained).toMatchObject({ code: 0, stdout: `draining a at ${server.url}\n` });
    expect(drained.stderr).toContain("1 request is still under way");
    const next = await server.chat(asking("lb"));
    expect(next.headers.get("x-nexus-chain")).toBe("a: draining (skipped) -> b: success");
    expect(await stream.text()).toMatch(/eight.*\[DONE\]\n\n$/s);
    expect((await space.nexus(["backend", "resume", "a"])).code).toBe(0);
    expect((await server.chat(asking("lb"))).headers.get("x-nexus-chain")).toBe("a: success");
  });

  it("X-03 status and explain look with the server's eyes, and say so", async () => {
    const space = await failoverWorkspace({ a: await backend(), b: await backend() });
    expect(await json(space, "status")).toMatchObject({ view: "fresh", server: null, backends: null });
    const server = await serve(space);
    await space.nexus(["backend", "drain", "a"]);
    expect(await json(space, "status")).toMatchObject({
      view: "server",
      server: server.url,
      backends: [{ name: "a", status: "draining", pending: 0 }, { name: "b" }],
    });
    expect(await json(space, "explain", "lb")).toMatchObject({
      view: "server",
      candidates: [
        { member: "a", usable: false, rule: "draining" },
        { member: "b", usable: true },
      ],
    });
    expect((await space.nexus(["status"])).stderr).toContain(`view: the server at ${server.url}`);
  });

  it("X-03 what `status reset` forgets, the running server forgets at once", async () => {
    const a = await backend({ steps: ["503", "ok"] });
    const space = await failoverWorkspace(
      { a, b: await backend() },
      { circuit_breaker_enabled: true, circuit_breaker_failure_threshold: 1, retry_count: 1 },
    );
    const server = await serve(space);
    await server.chat(asking("lb"));
    expect((await server.chat(asking("lb"))).headers.get("x-nexus-chain")).toMatch(/^a: circuit open/);
    await expect
      .poll(async () => (await space.nexus(["status", "reset"])).stdout)
      .toContain("cleared m-a@a: 1 failure");
    expect((await server.chat(asking("lb"))).headers.get("x-nexus-chain")).toBe("a: success");
  });

  it("X-03 without a server, or with a dead one's files, drain says that none runs and ends with 3", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const server = await serve(space);
    const { port } = new URL(server.url);
    server.child.kill("SIGKILL");
    await server.ended;
    expect(await told(space)).toHaveLength(2);
    const { code, stderr } = await space.nexus(["backend", "drain", "a"]);
    expect(code).toBe(3);
    expect(stderr).toContain(`the server on port ${port} (pid ${server.child.pid}) is gone without a word`);
    expect(stderr).toContain("no server runs");
    expect(await told(space)).toEqual([]);
    await writeFile(join(space.stateDir, "serve-1.json"), "{");
    const again = await serve(space, ["--port", port]);
    expect((await space.nexus(["backend", "drain", "a"])).stdout).toBe(`draining a at ${again.url}\n`);
  });

  it("X-03 a name the server does not know, and several servers, are told", async () => {
    const space = await failoverWorkspace({ alpha: await backend() });
    const [one, two] = [await serve(space), await serve(space)];
    const unclear = await space.nexus(["backend", "drain", "alpha"]);
    expect(unclear.code).toBe(2);
    expect(unclear.stderr).toMatch(/several servers run: port \d+ \(pid \d+\), port \d+ \(pid \d+\)/);
    expect(unclear.stderr).toContain("--port");
    const { port } = new URL(two.url);
    const wrong = await space.nexus(["backend", "drain", "alhpa", "--port", port]);
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain('the running server has no backend "alhpa"');
    expect(wrong.stderr).toContain("alpha");
    await space.nexus(["backend", "drain", "alpha", "--port", port]);
    expect((await one.chat(asking("alpha"))).status).toBe(200);
    expect((await two.chat(asking("alpha"))).status).toBe(503);
  });
});
