import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../../src/core/chat.ts";
import { FailureSignal } from "../../src/core/failure.ts";
import { stopOn } from "../../src/core/stop.ts";
import { createDecoder } from "../../src/dialects/openai-chat/stream.ts";
import { readDecoded } from "../../src/upstream/decoded.ts";
import { frameEvents } from "../../src/upstream/event-stream.ts";
import { recorded } from "../dialects/openai-chat/fixtures.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";
import { pulled } from "../support/pulled.ts";
import {
  callOf,
  chunked,
  collect,
  DONE,
  listen,
  openUpstream,
  STREAM_HEAD,
  sse,
  summary,
  until,
} from "./support.ts";

/** The events of bytes that come in these pieces. */
function read(pieces: Iterable<Uint8Array>): readonly ChatEvent[] {
  const reader = readDecoded(createDecoder(), frameEvents());
  const events: ChatEvent[] = [];
  for (const piece of pieces) if (reader.state() !== "closed") events.push(...reader.push(piece));
  return reader.state() === "closed" ? events : [...events, ...reader.end()];
}

/** The bytes cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const STREAMS = [
  "text-stream",
  "think-stream",
  "parallel-stream",
  "json-stream",
  "usage-stream-include",
  "cut-stream",
];

describe.each(STREAMS)("U45 U47 the recorded %s gives the same events", (name) => {
  const text = recorded(`${name}.response.txt`);
  const whole = read([Buffer.from(text)]);

  test("however its bytes are split, with any line ends, with or without a byte order mark", async () => {
    const expected = await whole;
    const variants = [text, text.replaceAll("\n", "\r\n"), text.replaceAll("\n", "\r"), `\ufeff${text}`];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...variants),
        fc.array(fc.nat(text.length)),
        async (variant, places) => {
          expect(await read(cut(Buffer.from(variant), places))).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("byte by byte", async () => {
    const bytes = Buffer.from(text.replaceAll("\n", "\r\n"));
    expect(await read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(await whole);
  });
});

test("U46 bytes that are not UTF-8 become one sign, and the stream goes on", async () => {
  const [before = "", after = ""] = sse("a*b").split("*");
  const bytes = Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after + sse(null, "stop"))]);
  expect(summary(await read([bytes])).text).toBe("a\ufffdb");
});

test("U48 fields as the standard reads them", async () => {
  const data = sse("x", "stop").slice("data: ".length);
  const [first = "", second = ""] = data.trim().split(/(?<=^\{)/);
  const text = `retry: abc\nid: a\0b\n: comment\nevent:\n\nfoo: bar\ndata:${first}\n: between\ndata: ${second}\n\n${DONE}`;
  expect(summary(await read([Buffer.from(text)]))).toEqual({ text: "x", end: "response-end" });
});

test("an event that nothing ends is not told", async () => {
  expect(summary(await read([Buffer.from(sse("x") + sse("y", "stop").trimEnd())]))).toMatchObject({
    text: "x",
    end: "failure",
  });
});

test("U50 a single event of more than 8 MiB is malformed", () => {
  const mebibyte = Buffer.alloc(1_048_576, "x");
  const endless = read([Buffer.from("data: "), ...Array.from({ length: 9 }, () => mebibyte)]);
  expect(summary(endless).failure?.message).toBe("an event is larger than 8 MiB");
});

test("U51 an answer of more than 64 MiB is malformed, and reading stops", async () => {
  const piece = Buffer.from(chunked(`: ${"x".repeat(1_048_576)}\n`));
  await using server = await listen((socket) => {
    socket.write(STREAM_HEAD);
    const more = () => {
      while (!socket.destroyed && socket.write(piece)) {
        // Until the socket is full.
      }
    };
    socket.on("drain", more);
    more();
  });
  await using upstream = openUpstream();
  const events = await collect(upstream, callOf(server.url));
  expect(summary(events).failure).toEqual({
    class: "malformed",
    message: "the answer is larger than 64 MiB",
  });
  await until(() => server.connections[0]?.destroyed === true);
});

describe("U18 a stream that stalls after its finish reason", () => {
  test("is given five seconds for the rest, then is a success", async () => {
    const clock = fakeClock();
    await using server = await listen((socket) => socket.write(STREAM_HEAD + chunked(sse("x", "stop"))));
    await using upstream = openUpstream(clock);
    const events = pulled<ChatEvent>((take) => upstream.send(callOf(server.url), take));
    await events.next();
    await events.next();
    const end = events.next();
    await until(() => clock.pending() === 1);
    await clock.advance(4_999);
    expect(clock.pending()).toBe(1);
    await clock.advance(1);
    expect((await end).value).toMatchObject({ type: "response-end", reason: "stop" });
    await events.next();
    await until(() => server.connections[0]?.destroyed === true);
    expect(clock.pending()).toBe(0);
  });

  test("and whose usage comes within that time has it", async () => {
    await using server = await listen((socket) => socket.write(STREAM_HEAD + chunked(sse("x", "stop"))));
    await using upstream = openUpstream();
    const events = pulled<ChatEvent>((take) => upstream.send(callOf(server.url), take));
    await events.next();
    await events.next();
    const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } };
    server.connections[0]?.write(chunked(`data: ${JSON.stringify(usage)}\n\n${DONE}`));
    expect((await events.next()).value).toMatchObject({
      type: "response-end",
      usage: { input: 3, output: 1 },
    });
  });
});

test("a server that keeps the connection open after [DONE] keeps nobody waiting", async () => {
  const clock = fakeClock();
  await using server = await listen((socket) => socket.write(STREAM_HEAD + chunked(sse("x", "stop") + DONE)));
  await using upstream = openUpstream(clock);
  expect(summary(await collect(upstream, callOf(server.url)))).toEqual({
    text: "x",
    end: "response-end",
  });
  await clock.advance(1_000);
  await until(() => server.connections[0]?.destroyed === true);
});

describe("whoever stops lets go of the connection", () => {
  async function streaming() {
    const server = await listen((socket) => socket.write(STREAM_HEAD + chunked(sse("x"))));
    const upstream = openUpstream();
    const stop = new AbortController();
    const events = pulled<ChatEvent>((take, signal) =>
      upstream.send(callOf(server.url, { stop: stopOn(AbortSignal.any([stop.signal, signal])) }), take),
    );
    await events.next();
    await events.next();
    return {
      server,
      stop,
      events,
      async [Symbol.asyncDispose]() {
        await upstream.close();
        await server[Symbol.asyncDispose]();
      },
    };
  }

  test("by reading no further", async () => {
    await using running = await streaming();
    await running.events.return?.();
    await until(() => running.server.connections[0]?.destroyed === true);
  });

  test("by aborting for no stated reason", async () => {
    await using running = await streaming();
    const next = running.events.next();
    running.stop.abort();
    expect((await next).value).toEqual({
      type: "failure",
      failure: { class: "aborted", message: "aborted" },
    });
    await until(() => running.server.connections[0]?.destroyed === true);
  });

  test("U17 by aborting with a failure, which then is how the events end", async () => {
    await using running = await streaming();
    const failure = { class: "timeout", limit: "idle", message: "nothing for 60 s" } as const;
    const next = running.events.next();
    running.stop.abort(new FailureSignal(failure));
    expect((await next).value).toEqual({ type: "failure", failure });
    await until(() => running.server.connections[0]?.destroyed === true);
  });

  test("before anything was sent", async () => {
    await using server = await listen(() => {});
    await using upstream = openUpstream();
    const events = await collect(upstream, callOf(server.url, { stop: stopOn(AbortSignal.abort()) }));
    expect(summary(events).failure?.class).toBe("aborted");
    expect(server.connections).toHaveLength(0);
  });

  test("U14 while the answer has not begun", async () => {
    await using server = await listen(() => {});
    await using upstream = openUpstream();
    const stop = new AbortController();
    const asking = collect(upstream, callOf(server.url, { stop: stopOn(stop.signal) }));
    await until(() => server.requests.length === 1);
    stop.abort();
    expect(summary(await asking).failure?.class).toBe("aborted");
    await until(() => server.connections[0]?.destroyed === true);
  });

  test("by closing the upstream, even while it connects", async () => {
    await using server = await listen(() => {});
    const upstream = openUpstream();
    const asking = collect(upstream, callOf(`https://127.0.0.1:${server.port}/v1`));
    await until(() => server.connections.length === 1);
    await upstream.close();
    expect(summary(await asking).end).toBe("failure");
    await until(() => server.connections[0]?.destroyed === true);
  });
});

test("C78 a reader that does not read stops the backend", async () => {
  let sent = 0;
  const piece = chunked(sse("y".repeat(65_000)));
  await using server = await listen((socket) => {
    socket.write(STREAM_HEAD);
    const more = () => {
      while (!socket.destroyed && socket.write(piece)) sent += piece.length;
    };
    socket.on("drain", more);
    more();
  });
  await using upstream = openUpstream();
  const events = pulled<ChatEvent>((take, signal) =>
    upstream.send(callOf(server.url, { stop: stopOn(signal) }), take),
  );
  await events.next();
  // Nobody asks for more: what is on the way fills the sockets' buffers, and then nothing moves.
  for (let before = -1; before !== sent; ) {
    before = sent;
    for (let turn = 0; turn < 20; turn += 1) await settle();
  }
  expect(sent).toBeLessThan(16 * 1_048_576);
  await events.return?.();
});

describe("a connection that is not kept and closes while whoever reads is busy", () => {
  const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

  /** The events of a stream whose connection ends while its first event is taken. */
  async function readLate(end: (socket: Socket) => void): Promise<ChatEvent[]> {
    await using server = await listen((socket) => socket.write(HEAD + sse("one ")));
    await using upstream = openUpstream();
    const events: ChatEvent[] = [];
    await upstream.send(callOf(server.url), async (event) => {
      events.push(event);
      const [socket] = server.connections;
      if (events.length > 1 || socket === undefined) return;
      end(socket);
      await until(() => socket.destroyed);
      for (let turn = 0; turn < 20; turn += 1) await settle();
    });
    return events;
  }

  test("gives all that came when it ends", async () => {
    const events = await readLate((socket) => socket.end(sse("two") + sse(null, "stop") + DONE));
    expect(summary(events)).toEqual({ text: "one two", end: "response-end" });
  });

  test("is a failure behind what came when it is reset", async () => {
    const events = await readLate((socket) => socket.resetAndDestroy());
    expect(summary(events)).toMatchObject({ text: "one ", end: "failure" });
  });
});
