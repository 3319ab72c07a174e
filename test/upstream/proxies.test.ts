import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/core/problem.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { createAgents } from "../../src/upstream/agents.ts";
import { isLoopback, readProxies } from "../../src/upstream/proxies.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { answer, callOf, collect, http, KEY, listen, openUpstream, summary, until } from "./support.ts";

/** A proxy that tunnels every CONNECT to one port. */
function tunnelTo(port: number) {
  return listen((socket) => {
    const target = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.removeAllListeners("data");
      socket.pipe(target).pipe(socket);
    });
    target.on("error", () => {});
  });
}

function proxyEnv(port: number, more: Record<string, string> = {}) {
  return { HTTP_PROXY: `http://127.0.0.1:${port}`, HTTPS_PROXY: `http://127.0.0.1:${port}`, ...more };
}

test("a remote backend is reached through the proxy, which never sees the key", async () => {
  await using server = await listen((socket) => socket.write(http(200, answer("x"))));
  await using proxy = await tunnelTo(server.port);
  await using upstream = openUpstream(REAL_CLOCK, proxyEnv(proxy.port));
  const events = await collect(upstream, callOf("http://backend.example/v1"));
  expect(summary(events)).toEqual({ text: "x", end: "response-end" });
  expect(proxy.requests[0]).toMatch(/^CONNECT backend\.example:80 /);
  expect(proxy.requests[0]).not.toContain(KEY.reveal());
  expect(server.requests[0]).toContain(KEY.reveal());
});

test("this machine is never reached through a proxy", async () => {
  await using server = await listen((socket) => socket.write(http(200, answer("x"))));
  await using proxy = await tunnelTo(server.port);
  await using upstream = openUpstream(REAL_CLOCK, proxyEnv(proxy.port));
  for (const host of ["127.0.0.1", "localhost"]) {
    await collect(upstream, callOf(`http://${host}:${server.port}/v1`));
  }
  expect(proxy.connections).toHaveLength(0);
});

test("a restricted backend is never reached through a proxy", async () => {
  const agents = createAgents(readProxies(proxyEnv(1)), () => {});
  const url = new URL("http://192.0.2.1/v1");
  const direct = agents.to(new URL("http://localhost"), "open");
  expect(agents.to(url, "restricted")).toBe(direct);
  expect(agents.to(url, "open")).not.toBe(direct);
  await agents.close();
});

test("NO_PROXY is honoured", async () => {
  await using proxy = await listen(() => {});
  await using upstream = openUpstream(REAL_CLOCK, proxyEnv(proxy.port, { NO_PROXY: ".invalid" }));
  const events = await collect(upstream, callOf("http://backend.invalid/v1"));
  expect(summary(events).failure?.class).toMatch(/network|timeout/);
  expect(proxy.connections).toHaveLength(0);
});

test.each([
  [407, "PROXY_407", /credentials/],
  [502, "PROXY_502", /answered 502/],
])("U26 a proxy that answers %i", async (status, code, message) => {
  await using proxy = await listen((socket) => socket.write(http(status, "")));
  await using upstream = openUpstream(REAL_CLOCK, proxyEnv(proxy.port));
  const events = await collect(upstream, callOf("https://backend.example/v1"));
  expect(summary(events).failure).toMatchObject({ class: "network", code, message });
});

test("U26 a proxy that is not there is told as the proxy, not as the backend", async () => {
  const port = await (async () => {
    await using server = await listen(() => {});
    return server.port;
  })();
  await using upstream = openUpstream(REAL_CLOCK, proxyEnv(port));
  const events = await collect(upstream, callOf("https://backend.example/v1"));
  expect(summary(events).failure).toMatchObject({
    class: "network",
    code: "PROXY_ECONNREFUSED",
    message: /^the proxy cannot be reached: .+ HTTPS_PROXY/,
  });
});

test("U26 a proxy that never answers is given up in time, asked once, and let go of", async () => {
  const clock = fakeClock();
  await using proxy = await listen(() => {});
  await using upstream = openUpstream(clock, proxyEnv(proxy.port));
  const asking = collect(upstream, callOf("https://backend.example/v1", { connectMs: 2000 }));
  await until(() => proxy.requests.length === 1);
  await clock.advance(2000);
  expect(await asking).toMatchObject([{ failure: { limit: "connect", message: /proxy.*HTTPS_PROXY/ } }]);
  await until(() => proxy.connections[0]?.destroyed === true);
  expect(proxy.connections).toHaveLength(1);
});

describe("the environment", () => {
  test("names no proxy by default", () => {
    expect(readProxies({ HTTP_PROXY: "", NO_PROXY: "*" })).toBeUndefined();
  });

  test("is read in both spellings, the lower one first, and without a scheme", () => {
    expect(readProxies({ HTTP_PROXY: "http://a:1", http_proxy: "b:2", no_proxy: "c" })).toEqual({
      httpProxy: "http://b:2",
      httpsProxy: "",
      noProxy: "c",
    });
  });

  test.each(["http://", "socks5://a:1", "http://a b"])("%j is no address, and is not repeated", (value) => {
    expect(() => readProxies({ HTTPS_PROXY: value })).toThrow(Problem);
    expect(() => readProxies({ HTTPS_PROXY: value })).toThrow("HTTPS_PROXY is not the address of a proxy");
  });
});

test.each([
  ["http://localhost:1", true],
  ["http://a.localhost", true],
  ["http://127.8.9.1", true],
  ["http://[::1]:1", true],
  ["http://[::ffff:127.0.0.1]", true],
  ["http://2130706433", true],
  ["http://localhost.evil.example", false],
  ["http://192.168.0.1", false],
  ["http://[::2]", false],
])("%s is loopback: %s", (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected);
});
