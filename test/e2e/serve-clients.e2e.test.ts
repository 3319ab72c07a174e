import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/mock/exchange.ts";
import { backend } from "./support/backends.ts";
import { type RawConnection, rawConnection } from "./support/raw.ts";
import { asking, askRaw, chatBytes, type RunningServer, serveOver } from "./support/server.ts";

const SLOW = { answer: "word ".repeat(2_000), chunkDelayMs: 20 };

describe("clients that go away", () => {
  it.each([
    ["C73 before the first token", true, (raw: RawConnection) => raw.socket.destroy()],
    ["C73 with a reset", true, (raw: RawConnection) => raw.socket.resetAndDestroy()],
    ["C73 before a whole answer", false, (raw: RawConnection) => raw.socket.destroy()],
    ["C59 by ending their half", true, (raw: RawConnection) => raw.socket.end()],
    ["C59 by ending their half of a whole answer", false, (raw: RawConnection) => raw.socket.end()],
  ])(
    "%s: the backend is left within 100 ms, and the log says 499",
    { retry: 2 },
    async (_when, stream, leave) => {
      const a = await backend({ steps: ["timeout"] });
      const server = await serverOverOne(a);
      const raw = await askRaw(server, "a", { stream });
      await a.nextRequest();
      const began = performance.now();
      leave(raw);
      await a.aborted();
      expect(performance.now() - began).toBeLessThan(100);
      await server.until("stderr", /"client_gone":true/);
      expect(server.log()).toMatchObject([{ status: 499, error: "aborted" }]);
    },
  );

  it("C74 in the middle of a stream: left within 100 ms, not to blame, and what came is counted", {
    retry: 2,
  }, async () => {
    const a = await backend(SLOW);
    const server = await serverOverOne(a);
    for (let turn = 0; turn < 4; turn++) {
      const raw = await askRaw(server, "a", { stream: true });
      await raw.until(/word/);
      const began = performance.now();
      raw.socket.destroy();
      await a.aborted();
      expect(performance.now() - began).toBeLessThan(100);
    }
    const next = await askRaw(server, "a", { stream: true });
    await next.until(/word/);
    await server.until("stderr", /"client_gone":true/);
    expect(server.log()[0]).toMatchObject({ status: 499, client_gone: true, chain_log: ["a: aborted"] });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/nexus_tokens_total\{[^}]*direction="output"\} [1-9]/);
  });

  it("C75 after the last byte: a success like any other", async () => {
    const a = await backend();
    const server = await serverOverOne(a);
    const raw = await askRaw(server, "a");
    await raw.until(/"choices"/);
    raw.socket.destroy();
    await server.until("stderr", /"status":200/);
    expect(server.stderr()).not.toContain('"client_gone":true');
  });

  it("C72 while they wait for their turn: nothing is asked for them, and the next gets it", async () => {
    const a = await backend({ steps: ["timeout", "ok"] });
    const server = await serverOverOne(a, {}, { max_concurrent: 1 });
    const first = await askRaw(server, "a");
    await a.nextRequest();
    const second = await askRaw(server, "a");
    const third = server.chat(asking("a", { messages: [{ role: "user", content: "third" }] }));
    // A wait leaves no trace: whoever came before this answer was admitted.
    await fetch(`${server.url}/health`);
    second.socket.destroy();
    await server.until("stderr", /"client_gone":true/);
    first.socket.destroy();
    expect((await third).status).toBe(200);
    await server.until("stderr", /"status":200/);
    expect(a.chats.map(({ rawBody }) => rawBody.includes("third"))).toEqual([false, true]);
    expect(server.log().map(({ status }) => status)).toEqual([499, 499, 200]);
  });

  it("C76 a storm: nothing of it stays", { timeout: 20_000, retry: 2 }, async () => {
    const a = await backend({ steps: ["timeout"] });
    const server = await serverOverOne(a);
    const storm = await Promise.all(Array.from({ length: 200 }, () => askRaw(server, "a", { stream: true })));
    for (let n = 0; n < 200; n++) await a.nextRequest();
    const began = performance.now();
    for (const raw of storm) raw.socket.destroy();
    for (let n = 0; n < 200; n++) expect((await a.aborted()).aborted).toBe(true);
    expect(performance.now() - began).toBeLessThan(1_000);
    await server.until("stderr", /^(?:[^\n]*"client_gone":true[^\n]*\n){200}/);
    expect(await metric(server, 'nexus_pending_requests{backend="a"}')).toBe(0);
    // This one's own, and at most one more of fetch's.
    expect(await openSockets(server)).toBeLessThan(8);
    expect(server.stderr()).not.toMatch(/MaxListeners|internal error/);
    server.child.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
  });
});

describe("clients that send much at once", () => {
  it("C57 a connection has one request under way, however many were sent", async () => {
    let most = 0;
    let now = 0;
    const counting = async ({ response, clock }: Exchange) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise<void>((resolve) => void clock.after(5, resolve));
      now -= 1;
      const message = { role: "assistant", content: "Fine." };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ id: "1", choices: [{ index: 0, message, finish_reason: "stop" }] }));
    };
    const a = await backend({ steps: [counting] });
    const server = await serverOverOne(a);
    const last = `GET /health HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nConnection: close\r\n\r\n`;
    const raw = await rawConnection(server.url, chatBytes(server, "a").repeat(100) + last);
    expect((await raw.closed).match(/"Fine\."/g)).toHaveLength(100);
    expect([most, a.chats.length]).toEqual([1, 100]);
  });

  it("C57 C73 who leaves takes what was sent and not begun along", async () => {
    const a = await backend({ steps: ["timeout"] });
    const server = await serverOverOne(a);
    const raw = await rawConnection(server.url, chatBytes(server, "a").repeat(3));
    await a.nextRequest();
    raw.socket.destroy();
    await a.aborted();
    await server.until("stderr", /"client_gone":true/);
    expect(a.chats).toHaveLength(1);
    server.child.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
  });

  it("C57 beyond 128 that wait, the connection is cut", async () => {
    const a = await backend({ steps: ["timeout"] });
    const server = await serverOverOne(a);
    const raw = await rawConnection(server.url, chatBytes(server, "a").repeat(200));
    expect(await raw.closed).toBe("");
    await server.until("stderr", /"client_gone":true/);
    expect(a.chats.length).toBeLessThan(2);
  });
});

describe("clients that do little", () => {
  it("C14 a body that never ends is refused at the limit, and fills no memory", async () => {
    const server = await serverOverOne(await backend());
    const before = await residentBytes(server);
    const head = ["POST /v1/chat/completions HTTP/1.1", `Host: ${new URL(server.url).host}`];
    const raw = await rawConnection(server.url, `${head.join("\r\n")}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `${(1_048_576).toString(16)}\r\n${"x".repeat(1_048_576)}\r\n`;
    let sent = 0;
    for (; sent < 100 && raw.text() === "" && !raw.socket.destroyed; sent++) {
      if (raw.socket.write(chunk)) continue;
      // Writing to a connection that was cut fails.
      await Promise.race([once(raw.socket, "drain").catch(() => {}), raw.closed]);
    }
    expect(sent).toBeLessThan(60);
    await server.until("stderr", /"error":"request_too_large"/);
    expect((await residentBytes(server)) - before).toBeLessThan(80_000_000);
  });

  it("C77 1,000 idle connections disturb nobody", { timeout: 20_000 }, async () => {
    const a = await backend({ answer: "Fine." });
    const server = await serverOverOne(a);
    const idle = await Promise.all(Array.from({ length: 1_000 }, () => rawConnection(server.url)));
    expect((await server.chat(asking("a"))).status).toBe(200);
    expect(idle.every(({ socket }) => !socket.destroyed)).toBe(true);
  });

  it("C78 who reads slowly slows the backend, and fills no memory", { timeout: 30_000 }, async () => {
    const firehose = endless();
    const a = await backend({ steps: [firehose.step] });
    // Shorter than the pause: while the reader is the slow side, the backend's silence is no failure.
    const server = await serverOverOne(a, {}, { timeouts: { idle_ms: 500 } });
    const before = await residentBytes(server);
    const raw = await askRaw(server, "a", { stream: true });
    raw.socket.pause();
    const stuckAt = await firehose.stuck;
    // What two pairs of sockets hold is the system's; of 60 MB it is a fraction.
    expect(stuckAt).toBeLessThan(24_000_000);
    expect((await residentBytes(server)) - before).toBeLessThan(40_000_000);
    let last = "";
    raw.socket.removeAllListeners("data").on("data", (piece: string) => {
      last = (last + piece).slice(-100);
    });
    raw.socket.resume();
    while (!last.includes("[DONE]")) await once(raw.socket, "data");
    expect(firehose.written()).toBeGreaterThan(55_000_000);
    await server.until("stderr", /"client_gone":false/);
  });
});

/** A server over one backend, `a`. */
function serverOverOne(a: Awaited<ReturnType<typeof backend>>, keys: object = {}, record: object = {}) {
  return serveOver({ a }, keys, record);
}

/** 60 MB of a stream as fast as they are read; `stuck` tells how many had been written when nothing had gone on for a second. */
function endless() {
  const line = (choice: object) => `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;
  const chunk = line({ delta: { content: "x".repeat(65_536) } });
  let written = 0;
  let tell: (bytes: number) => void = () => {};
  const stuck = new Promise<number>((resolve) => {
    tell = resolve;
  });
  const step = async ({ response, gone, clock }: Exchange) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let n = 0; n < 900 && !gone.aborted; n++) {
      written += chunk.length;
      if (response.write(chunk)) continue;
      const cancel = clock.after(1_000, () => tell(written));
      await once(response, "drain", { signal: gone }).catch(() => {});
      cancel();
    }
    response.end(`${line({ delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`);
  };
  return { step, stuck, written: () => written };
}

/** Bytes of memory that the server's process holds. */
function residentBytes(server: RunningServer): Promise<number> {
  return metric(server, "process_resident_memory_bytes");
}

/** Connections that the server's process has, to both sides. */
function openSockets(server: RunningServer): Promise<number> {
  return metric(server, 'nodejs_active_resources{type="TCPSocketWrap"}');
}

async function metric(server: RunningServer, name: string): Promise<number> {
  const lines = (await (await fetch(`${server.url}/metrics`)).text()).split("\n");
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length));
}
