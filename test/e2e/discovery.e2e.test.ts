import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import Bonjour from "bonjour-service";
import { describe, expect, it, onTestFinished } from "vitest";
import { isPrivate } from "../../src/backends/address.ts";
import { backend } from "./support/backends.ts";
import { PROGRAM } from "./support/program.ts";
import { asking, serve } from "./support/server.ts";
import { type Workspace, workspace } from "./support/workspace.ts";

const GROUP = "224.0.0.251";

/** Why no server of this machine can be found by mDNS here; undefined when one can. */
async function whyNotFound(): Promise<string | undefined> {
  const own = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined && !one.internal && !one.address.startsWith("fe80"));
  const near = own.some((one) =>
    isPrivate(one?.family === "IPv6" ? `[${one.address}]` : (one?.address ?? "")),
  );
  if (!near) return "this machine has no address of a local network";
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve("multicast does not come round"), 1000);
      socket.once("error", reject).once("message", () => {
        clearTimeout(timer);
        resolve(undefined);
      });
      socket.bind(0, () => {
        socket.addMembership(GROUP);
        socket.setMulticastLoopback(true);
        socket.send("?", socket.address().port, GROUP);
      });
    });
  } catch (error) {
    return String(error);
  } finally {
    socket.close();
  }
}

async function backends(space: Workspace) {
  return JSON.parse((await space.nexus(["status", "--json"])).stdout).backends;
}

describe("servers that announce themselves", () => {
  it("join the running server as open with their models, and leave: unknown first, forgotten after the grace time", async ({
    skip,
  }) => {
    const why = await whyNotFound();
    skip(why !== undefined, `mDNS: ${why}`);
    const box = await backend({ host: "::", models: ["announced-model"] });
    const space = await workspace();
    const config = { discovery: { enabled: true, grace_ms: 1_000 } };
    await space.config(config);
    const server = await serve(space);
    const responder = new Bonjour();
    onTestFinished(() => new Promise((resolve) => responder.destroy(() => resolve())));
    const name = `nexus-test-${process.pid}`;
    const service = responder.publish({
      name,
      type: "llm",
      port: box.port,
      probe: false,
      txt: { type: "vllm" },
    });
    const mine = async () =>
      (await backends(space)).find(({ url }: { url: string }) => url.includes(`:${box.port}/`));
    await expect.poll(mine, { timeout: 5_000 }).toMatchObject({ source: "mdns", status: "healthy" });
    const found = await mine();
    const answer = await server.chat(asking("announced-model"));
    expect(answer.headers.get("x-nexus-backend")).toBe(found.name);
    expect(answer.headers.get("x-nexus-privacy-zone")).toBe("open");
    // Configured at the same address, it is the user's own.
    await space.config({ ...config, backends: { own: { type: "vllm", url: found.url } } });
    await expect.poll(mine, { timeout: 5_000 }).toMatchObject({ name: "own", source: "static" });
    await space.config(config);
    await expect.poll(mine, { timeout: 5_000 }).toMatchObject({ source: "mdns" });
    service.stop?.();
    await expect
      .poll(mine, { timeout: 5_000 })
      .toMatchObject({ status: "unknown", error: expect.stringContaining("leave") });
    await expect.poll(mine, { timeout: 5_000 }).toBeUndefined();
  });

  it("without multicast there is one warning, and the server serves", async ({ skip }) => {
    const space = await workspace();
    const apart = `unshare -rn '${process.execPath}'`;
    const can = await space.shell("unshare -rn true");
    skip(can.code !== 0, `a network of its own: ${can.stderr.trim()}`);
    await space.config({ discovery: { enabled: true } });
    const running = space.startShell(`exec ${apart} '${PROGRAM}' serve --port 0`);
    onTestFinished(async () => {
      running.child.kill("SIGKILL");
      await running.ended;
    });
    await running.until("stdout", /^http:\S+\n/);
    await running.until("stderr", /discovery: .*multicast/);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
    expect(running.stderr().match(/discovery: .*multicast/g)).toHaveLength(1);
  });
});

describe("local servers on their usual ports", () => {
  it("A002-24 the server finds Ollama where OLLAMA_HOST says, while no backend is configured", async () => {
    const mock = await backend({ models: ["llama3.2"], dialect: "ollama" });
    const space = await workspace();
    const env = { NEXUS_NO_DETECT: undefined, OLLAMA_HOST: mock.url };
    const server = await serve(space, [], { env });
    expect((await server.chat(asking("llama3.2"))).headers.get("x-nexus-backend")).toBe("ollama");
  });

  it.each([
    ["NEXUS_NO_DETECT is set", { NEXUS_NO_DETECT: "1" }, {}],
    [
      "a backend is configured",
      { NEXUS_NO_DETECT: undefined },
      { other: { type: "generic", url: "http://127.0.0.1:9", models: ["m"] } },
    ],
  ])("nobody looks while %s", async (_, variables, configured) => {
    const mock = await backend({ models: ["llama3.2"], dialect: "ollama" });
    const space = await workspace();
    await space.config({ backends: configured });
    const server = await serve(space, [], { env: { ...variables, OLLAMA_HOST: mock.url } });
    expect((await server.chat(asking("llama3.2"))).status).toBe(404);
    expect(mock.requests).toEqual([]);
  });
});
