import { expect, test } from "vitest";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { answer, ask, callOf, collect, http, KEY, listen, openUpstream, until } from "./support.ts";

async function given(bytes: Buffer | string) {
  await using server = await listen((socket) => socket.write(bytes));
  return (await ask(server.url)).failure;
}

test("an error status is told in the words of the backend", async () => {
  const body = JSON.stringify({ error: { message: "Incorrect API key", code: "invalid_api_key" } });
  expect(await given(http(401, body))).toEqual({
    class: "auth",
    status: 401,
    message: "Incorrect API key",
    code: "invalid_api_key",
  });
});

test("an error status without a body is told in the words of HTTP", async () => {
  expect(await given(http(503, ""))).toEqual({
    class: "overloaded",
    status: 503,
    message: "Service Unavailable",
  });
});

test("U68 Retry-After is passed on, and wins over the provider's own headers", async () => {
  const headers = { "retry-after": "7", "x-ratelimit-reset-requests": "6m0s" };
  expect(await given(http(429, "{}", headers))).toMatchObject({ class: "rate_limited", retryAfterMs: 7000 });
});

test("U69 without Retry-After the provider's own headers count", async () => {
  expect(await given(http(429, "{}", { "x-ratelimit-reset-requests": "6m0s" }))).toMatchObject({
    retryAfterMs: 360_000,
  });
});

test("U76 503 states a wait too", async () => {
  expect(await given(http(503, "{}", { "retry-after-ms": "1500" }))).toMatchObject({ retryAfterMs: 1500 });
});

test("a wait beside a mistake of the caller means nothing", async () => {
  expect(await given(http(400, "{}", { "retry-after": "7" }))).not.toHaveProperty("retryAfterMs");
});

test("the key is in no message, whole or in part", async () => {
  const echo = `${"x".repeat(1990)} ${KEY.reveal()} is wrong`;
  const failure = await given(http(401, JSON.stringify({ error: { message: echo, code: KEY.reveal() } })));
  expect(JSON.stringify(failure)).not.toContain(KEY.reveal().slice(0, 9));
  expect(failure).toMatchObject({ class: "auth", code: "[redacted]" });
});

test("the key is in no message of an error in a stream", async () => {
  const event = (message: string) => `data: ${JSON.stringify({ error: { message } })}\n\n`;
  expect(await given(http(200, event(`bad ${KEY.reveal()}`)))).toMatchObject({ message: "bad [redacted]" });
  const long = await given(http(200, event(`${"x".repeat(1990)} ${KEY.reveal()}`)));
  expect(JSON.stringify(long)).not.toContain(KEY.reveal().slice(0, 9));
});

test("a key that no header can carry is refused before anything is sent", async () => {
  await using server = await listen((socket) => socket.write(http(200, answer("x"))));
  const key = { reveal: () => "sk-\nhost: evil", fingerprint: "f" };
  expect((await ask(server.url, { key })).failure).toMatchObject({ class: "auth" });
  expect(server.connections).toHaveLength(0);
});

test("U91 of a huge error no more than its beginning is read", async () => {
  const body = `{"error":{"message":"${"y".repeat(10_000_000)}"}}`;
  await using server = await listen((socket) => socket.write(http(500, body)));
  const { failure } = await ask(server.url);
  expect(failure).toMatchObject({ class: "server", status: 500 });
  expect(failure?.message.length).toBeLessThanOrEqual(2000);
  await until(() => server.connections[0]?.destroyed === true);
});

test("U91 an error whose body never ends is told after five seconds", async () => {
  const clock = fakeClock();
  await using server = await listen((socket) =>
    socket.write(http(500, "half a message", { "content-length": "999" })),
  );
  await using upstream = openUpstream(clock);
  const asking = collect(upstream, callOf(server.url));
  await until(() => server.requests.length === 1 && clock.pending() === 1);
  for (let waited = 0; waited < 5 || clock.pending() > 0; waited += 1) await clock.advance(1000);
  expect(await asking).toMatchObject([
    { type: "failure", failure: { status: 500, message: "half a message" } },
  ]);
});

test.each([301, 302, 303, 307, 308])(
  "U56 U57 %i is not followed, and only the origin of its target is told",
  async (status) => {
    await using other = await listen((socket) => socket.write(http(200, answer("x"))));
    await using server = await listen((socket) =>
      socket.write(http(status, "", { location: `http://user:pw@127.0.0.1:${other.port}/secret?token=1` })),
    );
    await using upstream = openUpstream(REAL_CLOCK);
    const events = await collect(upstream, callOf(server.url));
    expect(events).toEqual([
      {
        type: "failure",
        failure: {
          class: "malformed",
          message: `redirected (${status}) to http://127.0.0.1:${other.port}, which is not followed; is the backend's url right?`,
        },
      },
    ]);
    expect(other.connections).toHaveLength(0);
  },
);

test("a redirect to nowhere legible is refused the same", async () => {
  expect(await given(http(302, "", { location: "http://[" }))).toMatchObject({
    message: /^redirected \(302\), which/,
  });
});

test("U52 an error in a coding nobody asked for is told by its status alone", async () => {
  expect(await given(http(500, "\u001f\u008b", { "content-encoding": "gzip" }))).toEqual({
    class: "server",
    status: 500,
    message: "Internal Server Error",
  });
});

test("U93 an answer that comes before the request is whole wins over the cut that follows", async () => {
  await using server = await listen(
    () => {},
    (socket) => socket.once("data", () => socket.end(http(413, '{"error":"too large"}'))),
  );
  const text = "x".repeat(4_000_000);
  const request = {
    messages: [{ role: "user", parts: [{ type: "text", text }] }],
    tools: [],
    params: {},
  } as const;
  expect((await ask(server.url, { request })).failure).toMatchObject({ class: "context", status: 413 });
});

test("headers that belong to the transport are not taken from a backend's configuration", async () => {
  await using server = await listen((socket) => socket.write(http(200, answer("x"))));
  await using upstream = openUpstream();
  const headers = {
    "Content-Length": "3",
    Connection: "close",
    Upgrade: "h2c",
    Expect: "100-continue",
    Host: "a.example",
  };
  const events = await collect(upstream, callOf(server.url, {}, { headers }));
  expect(events.at(-1)?.type).toBe("response-end");
  expect(server.requests[0]).toMatch(/host: 127\.0\.0\.1/i);
});
