import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { backend } from "./support/backends.ts";
import { rawConnection } from "./support/raw.ts";
import { asking, askRaw, chatBytes, type RunningServer, serve, serveOver } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const SLOW = { answer: "word ".repeat(2_000), chunkDelayMs: 20 };

describe("a server that goes down", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "idle, on %s, with connections kept open: at once, with 0",
    async (signal) => {
      const server = await serveOver({ a: await backend() });
      const kept = await rawConnection(server.url, getBytes(server, "/health"));
      const silent = await rawConnection(server.url);
      await kept.until(/"ok"/);
      const began = performance.now();
      server.child.kill(signal);
      expect((await server.ended).code).toBe(0);
      // Not after the 30 seconds of drain_ms.
      expect(performance.now() - began).toBeLessThan(5_000);
      await Promise.all([kept.closed, silent.closed]);
    },
  );

  it("listens no more, and what comes on connections that live is 503 and the last there", async () => {
    const a = await backend({ answer: "word ".repeat(60), chunkDelayMs: 20 });
    const server = await serveOver({ a });
    const [stream, spare] = [
      await askRaw(server, "a", { stream: true }),
      await askRaw(server, "a", { stream: true }),
    ];
    await Promise.all([stream.until(/word/), spare.until(/word/)]);
    // Each of them is kept open by its stream, and asks something else behind it.
    spare.socket.write(chatBytes(server, "a"));
    stream.socket.write(getBytes(server, "/ready"));
    server.child.kill("SIGTERM");
    await server.until("stderr", /going down/);
    await vi.waitFor(async () => expect(await refused(server)).toBe("ECONNREFUSED"));
    for (const [raw, code] of [
      [stream, '"status":"draining"'],
      [spare, '"code":"draining"'],
    ] as const) {
      const text = await raw.closed;
      expect(text).toContain("data: [DONE]");
      const after = text.slice(text.indexOf("[DONE]"));
      expect(after).toMatch(/HTTP\/1\.1 503 [\s\S]*\r\nconnection: close\r\n/i);
      expect(after).toContain(code);
      if (raw === spare) expect(after).toMatch(/\r\nretry-after: 1\r\n/i);
    }
    expect(a.chats).toHaveLength(2);
    expect((await server.ended).code).toBe(0);
  });

  it("who waits for a turn is told at once; what runs goes on to its end", async () => {
    const a = await backend({ answer: "word ".repeat(60), chunkDelayMs: 20 });
    const server = await serveOver({ a }, {}, { max_concurrent: 1 });
    const running = await askRaw(server, "a", { stream: true });
    await running.until(/word/);
    const queued = await askRaw(server, "a");
    await waiting(server);
    server.child.kill("SIGTERM");
    const text = await queued.closed;
    expect(text).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nconnection: close\r\n[\s\S]*"code":"server_shutdown"/i);
    expect(running.text()).not.toContain("[DONE]");
    expect(await running.closed).toContain("data: [DONE]");
    expect(a.chats).toHaveLength(1);
    expect((await server.ended).code).toBe(0);
  });

  it("a stream that outlasts drain_ms: an error event, a cut, exit 1; nobody is to blame, and the history has it", async () => {
    const a = await backend(SLOW);
    const space = await failoverWorkspace({ a });
    await space.config({ backends: { a: { type: "generic", url: a.url } }, server: { drain_ms: 100 } });
    const server = await serve(space);
    const raw = await askRaw(server, "a", { stream: true });
    await raw.until(/word/);
    server.child.kill("SIGTERM");
    const text = await raw.closed;
    expect(text).toMatch(/data: \{"error":\{"message":"the server is going down"[^\n]*\n\n/);
    expect(text).not.toContain("[DONE]");
    expect(text.endsWith("0\r\n\r\n")).toBe(false);
    expect((await server.ended).code).toBe(1);
    await a.aborted();
    expect(server.log()).toMatchObject([{ status: 200, client_gone: false, error: "aborted" }]);
    const why = await space.nexus(["why", "--json"]);
    expect(JSON.parse(why.stdout)).toMatchObject({ request_id: server.log()[0]?.["request_id"] });
    const status = await space.nexus(["status", "--json"]);
    expect(JSON.parse(status.stdout).breakers).toMatchObject([{ failures: 0, state: "closed" }]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("a second %s ends it at once", async (signal, code) => {
    const a = await backend(SLOW);
    const silent = await backend({ steps: ["timeout"] });
    const server = await serveOver({ a, silent });
    const [stream, whole] = [await askRaw(server, "a", { stream: true }), await askRaw(server, "silent")];
    await Promise.all([stream.until(/word/), silent.nextRequest()]);
    server.child.kill(signal);
    await server.until("stderr", /going down/);
    const began = performance.now();
    server.child.kill(signal);
    expect(await stream.closed).toContain('"message":"the server is going down"');
    expect(await whole.closed).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"server_shutdown"/);
    expect((await server.ended).code).toBe(code);
    // Not after the 30 seconds of drain_ms.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe("two servers", () => {
  it("S20 cannot listen on one port: the second says who may hold it, and ends with 1", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const first = await serve(space);
    const { port } = new URL(first.url);
    const second = await space.nexus(["serve", "--port", port]);
    expect([second.code, second.stdout]).toEqual([1, ""]);
    expect(second.stderr).toContain(`cannot listen on port ${port} of 127.0.0.1`);
    expect(second.stderr).toContain(`runs there already (process ${first.child.pid})`);
    expect((await first.chat(asking("a"))).status).toBe(200);
  });

  it("S20 what a killed server left in the state directory stands in nobody's way", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const first = await serve(space);
    const { port } = new URL(first.url);
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await serve(space, ["--port", port]);
    expect(second.url).toBe(first.url);
    expect(second.stderr()).toBe("");
    expect((await second.chat(asking("a"))).status).toBe(200);
  });
});

/** The bytes of a GET. */
function getBytes(server: RunningServer, path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n\r\n`;
}

/** How a new connection fails. */
async function refused(server: RunningServer): Promise<unknown> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  const [error] = await once(socket, "error");
  return error.code;
}

/** Resolves when a request waits for its turn. */
async function waiting(server: RunningServer): Promise<void> {
  // Whoever came on an older connection was heard before this answer.
  await fetch(`${server.url}/health`);
}

describe("S22 an error that nobody caught", () => {
  it.each(["throw", "Promise.reject"])(
    "%s: told in a line without keys, streams end with an error event, exit 1",
    async (how) => {
      const a = await backend(SLOW);
      const space = await failoverWorkspace({ a });
      await space.config({ backends: { a: { type: "generic", url: a.url, api_key_env: "A_KEY" } } });
      const bug = `process.on('SIGUSR2',()=>{${how}(new Error('a bug '+process.env.A_KEY+String.fromCharCode(10)+'and more'))})`;
      const server = await serve(space, [], {
        env: {
          A_KEY: "sk-canary-12345",
          NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}`,
        },
      });
      const raw = await askRaw(server, "a", { stream: true });
      await raw.until(/word/);
      server.child.kill("SIGUSR2");
      const text = await raw.closed;
      expect(text).toMatch(/data: \{"error":\{[^\n]*"code":"server_shutdown"\}\}\n\n/);
      expect(text).not.toContain("[DONE]");
      const { code, stderr } = await server.ended;
      expect(code).toBe(1);
      expect(stderr.split("\n").filter((line) => line.startsWith("nexus: internal error"))).toEqual([
        expect.stringMatching(
          /^nexus: internal error, the server ends: Error: a bug \[redacted\] and more \(/,
        ),
      ]);
      expect(stderr).not.toMatch(/canary|\n {4}at /);
      await a.aborted();
    },
  );
});
