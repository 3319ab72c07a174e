import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Exchange } from "../../src/mock/exchange.ts";
import { type Mock, startMock } from "../../src/mock/mock.ts";
import type { EndedRequest } from "../../src/server/ended.ts";
import { lookAt } from "../../src/server/look.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { type ServerDeps, startServer } from "../../src/server/server.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { type OpenedWorld, openTestWorld } from "../support/open-world.ts";

const CHAT = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n";
const GOOD = JSON.stringify({ model: "a", messages: [{ role: "user", content: "Hello?" }] });
let a: Mock;
let world: OpenedWorld;

beforeAll(async () => {
  a = await startMock({ answer: "Fine.", steps: [flood] });
  world = await openTestWorld({
    config: { backends: { a: { type: "generic", url: a.url } } },
    profiles: { a: { type: "model", backend: "a", model: "m-a", params: {} } },
  });
});

afterAll(async () => {
  await world.remove();
  await a.close();
});

describe("C58 clients that are slow on purpose", () => {
  const times = { headersMs: 150, bodyMs: 300, checkMs: 20, stalledMs: 150 };

  it.each([
    ["headers that trickle", `${CHAT}X-A: 1\r\n`],
    ["C59 a connection on which nothing comes", ""],
    ["a body that trickles", `${CHAT}Content-Length: 500\r\n\r\n{`],
  ])("%s: 408, and the connection is closed", async (_what, bytes) => {
    const { port, ended } = await listen({ times });
    const socket = await open(port, bytes);
    expect(await all(socket)).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/);
    expect(ended.every(({ status }) => status === 499)).toBe(true);
  });

  it("others are served meanwhile", async () => {
    const { port } = await listen({ times });
    const slow = await Promise.all(Array.from({ length: 50 }, () => open(port, CHAT)));
    expect((await fetch(`http://localhost:${port}/health`)).status).toBe(200);
    await Promise.all(slow.map(all));
  });

  it.each([true, false])(
    "C78 an answer that nobody reads (stream: %s): both sides are cut",
    async (stream) => {
      const { port, next } = await listen({ times });
      const body = GOOD.replace("{", `{"stream":${stream},`);
      const socket = await open(port, `${CHAT}Content-Length: ${body.length}\r\n\r\n${body}`);
      socket.pause();
      expect(await next()).toMatchObject({ status: 499, whole: false });
      expect(await world.state.read({ prefix: "facts:" })).toMatchObject({ entries: new Map() });
    },
  );
});

describe("a process that is too busy", () => {
  it("and has much to do takes no new requests until it is not, and says so; probes are answered", async () => {
    const clock = fakeClock();
    let delay = 900;
    const measureLoopDelay = () => ({ ms: () => delay, stop() {} });
    const { port, inFlight } = await listen({ maxLoopDelayMs: 500 }, { clock, measureLoopDelay });
    const status = async (path: string, init: RequestInit = {}) =>
      (await fetch(`http://localhost:${port}${path}`, init)).status;
    const ask = () => status("/v1/chat/completions", { method: "POST", body: "{" });
    expect(await ask()).toBe(400);
    await clock.advance(3_000);
    expect(await ask()).toBe(400);
    expect(clock.pending()).toBe(0);
    await Promise.all(Array.from({ length: 8 }, () => open(port, `${CHAT}Content-Length: 9\r\n\r\n{`)));
    await expect.poll(inFlight).toBe(8);
    expect(await ask()).toBe(400);
    await clock.advance(3_000);
    expect([await ask(), await status("/health"), await status("/v1/models")]).toEqual([503, 200, 200]);
    delay = 20;
    await clock.advance(1_000);
    expect(await ask()).toBe(400);
  });
});

it("a bug in one request is 500 for that request, without a word of it, and nobody else is asked", async () => {
  const before = a.chats.length;
  let broken = true;
  const { port, next } = await listen(
    {},
    {
      served: () => ({
        ...served(),
        engine: {
          ...world.engine,
          run(...asked) {
            if (broken) throw new TypeError("undefined is not a function");
            return world.engine.run(...asked);
          },
        },
      }),
    },
  );
  const ask = () => fetch(`http://localhost:${port}/v1/chat/completions`, { method: "POST", body: GOOD });
  const answer = await ask();
  expect([answer.status, await answer.json()]).toMatchObject([500, { error: { code: "internal_error" } }]);
  expect(await next()).toMatchObject({ status: 500, whole: true, bug: expect.any(TypeError) });
  expect(a.chats.length).toBe(before);
  broken = false;
  expect((await ask()).status).toBe(200);
});

it("a target with an escape that stands for nothing is refused behind the guard, and told like any other", async () => {
  const { port, next } = await listen({ token: "secret-of-the-server" });
  const ask = (headers: Record<string, string>) =>
    fetch(`http://localhost:${port}/v1/models/%zz`, { headers });
  expect((await ask({})).status).toBe(401);
  expect(await next()).toMatchObject({ refused: "invalid_access_token" });
  expect((await ask({ authorization: "Bearer secret-of-the-server" })).status).toBe(400);
  expect(await next()).toMatchObject({ status: 400, refused: "invalid_target" });
});

/** A server over `a` that ends with its test. `next`: the next request that is over. */
async function listen(over: Partial<ServerOptions>, deps: Partial<ServerDeps> = {}) {
  const ended: EndedRequest[] = [];
  let heard = () => {};
  const server = await startServer(
    {
      host: "localhost",
      port: 0,
      token: undefined,
      allowedHosts: [],
      allowedOrigins: [],
      maxBodyBytes: 65_536,
      maxInFlight: 256,
      maxLoopDelayMs: 0,
      ...over,
    },
    {
      served,
      look: lookAt(world),
      clock: REAL_CLOCK,
      wallMs: Date.now,
      newRequestId: () => "req_test",
      onEnd: (one) => {
        ended.push(one);
        heard();
      },
      ...deps,
    },
  );
  const port = server.port;
  onTestFinished(() => void server.drain(0, AbortSignal.abort()));
  return {
    port,
    ended,
    inFlight: server.inFlight,
    next: async () => {
      if (ended.length === 0) await new Promise<void>((resolve) => (heard = resolve));
      return ended.shift();
    },
  };
}

function served() {
  const { engine, catalog, findModels, costOf } = world;
  return { engine, catalog, findModels, costOf, aliases: [] };
}

/** A connection on which these bytes were sent. */
async function open(port: number, bytes: string): Promise<Socket> {
  const socket = connect({ host: "localhost", port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  if (bytes !== "") socket.write(bytes);
  return socket;
}

/** Everything that comes until the other side closes. */
async function all(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (piece: string) => {
    text += piece;
  });
  await once(socket, "end");
  return text;
}

/** More than all sockets between hold, as a stream or as one answer. */
async function flood({ response, call, gone }: Exchange): Promise<void> {
  const long = "x".repeat(1_000_000);
  const line = (choice: object) => JSON.stringify({ id: "1", choices: [{ index: 0, ...choice }] });
  if (!call.stream) {
    const message = { role: "assistant", content: long.repeat(20) };
    response.setHeader("content-type", "application/json").end(line({ message, finish_reason: "stop" }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let n = 0; n < 40 && !gone.aborted; n++) {
    if (!response.write(`data: ${line({ delta: { content: long } })}\n\n`))
      await once(response, "drain", { signal: gone }).catch(() => {});
  }
  response.end(`data: ${line({ delta: {}, finish_reason: "stop" })}\n\ndata: [DONE]\n\n`);
}
