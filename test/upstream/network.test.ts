import { readFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, test, vi } from "vitest";
import type { ChatEvent } from "../../src/core/chat.ts";
import { stopOn } from "../../src/core/stop.ts";
import { connectTimeout, networkFailure } from "../../src/upstream/network-failure.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";
import { pulled } from "../support/pulled.ts";
import {
  answer,
  ask,
  callOf,
  chunked,
  collect,
  http,
  listen,
  openUpstream,
  STREAM_HEAD,
  serve,
  sse,
  until,
} from "./support.ts";

function pem(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/tls/self-signed.${name}.pem`, import.meta.url));
}

function tlsServer() {
  return createTlsServer({ cert: pem("cert"), key: pem("key") });
}

test("U1 a port where nobody listens", async () => {
  const url = await (async () => {
    await using server = await listen(() => {});
    return server.url;
  })();
  expect((await ask(url)).failure).toMatchObject({
    class: "network",
    code: "ECONNREFUSED",
    message: /nothing listens there \(127\.0\.0\.1 port \d+\)$/,
  });
});

test.each(["reset", "end"] as const)(
  "U3 a connection that is closed at once (%s) is a network failure, sent once",
  async (how) => {
    await using server = await listen(
      () => {},
      (socket) => (how === "reset" ? socket.resetAndDestroy() : socket.end()),
    );
    expect((await ask(server.url)).failure).toMatchObject({ class: "network", code: "ECONNRESET" });
    expect(server.connections).toHaveLength(1);
  },
);

test.each(["reset", "end"] as const)(
  "U5 a connection that is closed after the request (%s) is not asked twice",
  async (how) => {
    await using server = await listen((socket) =>
      how === "reset" ? socket.resetAndDestroy() : socket.end(),
    );
    expect((await ask(server.url)).failure).toMatchObject({ class: "network", code: "ECONNRESET" });
    expect(server.requests).toHaveLength(1);
  },
);

test.each([
  ["U6 before any content", "", "response-start"],
  ["U8 after some content", "half", "text-delta"],
])("%s, a reset within a stream comes after what had arrived", async (_, text, before) => {
  await using server = await listen((socket) => socket.write(STREAM_HEAD + chunked(sse(text))));
  await using upstream = openUpstream();
  const events = pulled<ChatEvent>((take) => upstream.send(callOf(server.url), take));
  for (let type: string | undefined; type !== before; ) type = (await events.next()).value?.type;
  server.connections[0]?.resetAndDestroy();
  const failure = { class: "network", code: "ECONNRESET" };
  expect((await events.next()).value).toMatchObject({ type: "failure", failure });
  expect((await events.next()).done).toBe(true);
});

test("U7 a reset within an unstreamed answer gives none of it", async () => {
  await using server = await listen((socket) =>
    socket.write(http(200, answer("x"), { "content-length": "999" }), () => socket.resetAndDestroy()),
  );
  expect(await ask(server.url, { stream: false })).toMatchObject({ text: "", end: "failure" });
});

describe("U4 U94 a kept connection that turns out to be closed", () => {
  test.each(["reset", "end"] as const)("(%s) is replaced, and nobody hears of it", async (how) => {
    await using server = await listen((socket, _, number) => {
      if (number !== 1) socket.write(http(200, answer(`answer ${number}`)));
      else if (how === "reset") socket.resetAndDestroy();
      else socket.end();
    });
    await using upstream = openUpstream();
    for (const expected of ["answer 0", "answer 2"]) {
      const events = await collect(upstream, callOf(server.url));
      expect(events).toContainEqual({ type: "text-delta", text: expected });
      await settle();
    }
    expect(server.connections).toHaveLength(2);
    expect(server.requests[1]).toBe(server.requests[2]);
  });

  test("is replaced once only", async () => {
    await using server = await listen((socket, _, number) =>
      number === 0 ? socket.write(http(200, answer("x"))) : socket.resetAndDestroy(),
    );
    await using upstream = openUpstream();
    await collect(upstream, callOf(server.url));
    await settle();
    const events = await collect(upstream, callOf(server.url));
    expect(events).toMatchObject([{ type: "failure", failure: { class: "network", code: "ECONNRESET" } }]);
    expect(server.requests).toHaveLength(3);
  });

  test("is not replaced once it has begun to answer", async () => {
    await using server = await listen((socket, _, number) => {
      if (number === 0) socket.write(http(200, answer("x")));
      else socket.write("HTTP/1.1 200", () => socket.end());
    });
    await using upstream = openUpstream();
    await collect(upstream, callOf(server.url));
    await settle();
    expect((await collect(upstream, callOf(server.url))).at(-1)).toMatchObject({ type: "failure" });
    expect(server.requests).toHaveLength(2);
  });
});

describe("TLS", () => {
  test("U24 a certificate signed by itself is refused, with what to do", async () => {
    await using server = await serve(tlsServer(), () => {});
    expect((await ask(`https://127.0.0.1:${server.port}/v1`)).failure).toMatchObject({
      class: "network",
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
      message: /NODE_EXTRA_CA_CERTS/,
    });
  });

  test("U25 plain HTTP on a TLS port", async () => {
    await using server = await listen(
      () => {},
      (socket) => socket.write(http(400, "plain HTTP here")),
    );
    expect((await ask(`https://127.0.0.1:${server.port}/v1`)).failure).toMatchObject({
      class: "network",
      message: /plain HTTP.*http:\/\//,
    });
  });

  test("U25 TLS on a port asked in plain HTTP", async () => {
    await using server = await serve(tlsServer(), () => {});
    expect((await ask(server.url)).failure?.class).toMatch(/malformed|network/);
  });

  test("U25 an alert of TLS for an answer says to use https", async () => {
    await using server = await listen((socket) => socket.write(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46])));
    expect((await ask(server.url)).failure).toMatchObject({ class: "malformed", message: /https:\/\// });
  });
});

describe("system errors", () => {
  function failure(code: string, message = "text") {
    return networkFailure(Object.assign(new Error(message), { code }), "before-answer");
  }

  test.each([
    ["U21", "ENOTFOUND", /name is not known/],
    ["U22", "EAI_AGAIN", /looked up/],
    ["U24", "CERT_HAS_EXPIRED", /expired/],
    ["U24", "ERR_TLS_CERT_ALTNAME_INVALID", /another host/],
    ["U24", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", /NODE_EXTRA_CA_CERTS/],
    ["U25", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", /no longer safe/],
    ["", "EMFILE", /^EMFILE: text$/],
  ])("%s %s is a network failure in plain words", (_, code, message) => {
    expect(failure(code)).toMatchObject({ class: "network", code, message });
  });

  test.each(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"])("U2 %s is a connect timeout", (code) => {
    expect(failure(code)).toEqual(connectTimeout());
  });

  test("U26 a proxy that wants credentials", () => {
    expect(failure("UND_ERR_ABORTED", "Proxy response (407) !== 200 when HTTP Tunneling")).toMatchObject({
      class: "network",
      code: "PROXY_407",
      message: /credentials.*HTTPS_PROXY/,
    });
  });

  test.each([
    [new TypeError("x is not a function")],
    [Object.assign(new TypeError("bad"), { code: "ERR_INVALID_ARG_TYPE" })],
    [Object.assign(new Error("bad"), { code: "UND_ERR_INVALID_ARG" })],
    ["text"],
  ])("a bug of ours stays a bug: %s", (error) => {
    expect(() => networkFailure(error, "before-answer")).toThrow();
  });
});

describe("the connect clock", () => {
  test("U2 a connection that never stands is given up in time, and leaves nothing behind", async () => {
    const clock = fakeClock();
    // A TLS handshake that nobody answers: the connection stands for TCP, but not for a request.
    await using server = await listen(() => {});
    await using upstream = openUpstream(clock);
    const asking = collect(upstream, callOf(`https://127.0.0.1:${server.port}/v1`, { connectMs: 2000 }));
    await until(() => server.connections.length === 1);
    await clock.advance(1999);
    expect(clock.pending()).toBe(1);
    await clock.advance(1);
    expect(await asking).toEqual([{ type: "failure", failure: connectTimeout() }]);
    expect(clock.pending()).toBe(0);
    await until(() => server.connections[0]?.destroyed === true);
  });

  test("U12 it stops once the request is out: a slow answer is the engine's to judge", async () => {
    const clock = fakeClock();
    await using server = await listen(() => {});
    await using upstream = openUpstream(clock);
    const stop = new AbortController();
    const asking = collect(upstream, callOf(server.url, { connectMs: 2000, stop: stopOn(stop.signal) }));
    await until(() => server.requests.length === 1);
    await clock.advance(3_600_000);
    stop.abort();
    expect(await asking).toMatchObject([{ failure: { class: "aborted" } }]);
  });

  test("it does not run on a kept connection", async () => {
    const clock = fakeClock();
    await using server = await listen((socket, _, number) => {
      if (number === 0) socket.write(http(200, answer("x")));
    });
    await using upstream = openUpstream(clock);
    await collect(upstream, callOf(server.url));
    await settle();
    const asking = collect(upstream, callOf(server.url, { connectMs: 2000 }));
    await until(() => server.requests.length === 2);
    await clock.advance(3_600_000);
    server.connections[0]?.write(http(200, answer("late")));
    expect(await asking).toContainEqual({ type: "text-delta", text: "late" });
    expect(server.connections).toHaveLength(1);
  });
});

describe("a kept connection", () => {
  test("carries the next request half a minute later, where the server does not say how long it keeps it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await using server = await listen((socket) => socket.write(http(200, answer("x"))));
      await using upstream = openUpstream();
      await collect(upstream, callOf(server.url));
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await collect(upstream, callOf(server.url))).toContainEqual({ type: "text-delta", text: "x" });
      expect(server.connections).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(60_000);
      await collect(upstream, callOf(server.url));
      expect(server.connections).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
