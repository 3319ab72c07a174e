import { describe, expect, test } from "vitest";
import {
  answer,
  ask,
  callOf,
  chunked,
  collect,
  DONE,
  http,
  KEY,
  listen,
  openUpstream,
  STREAM_HEAD,
  sse,
} from "./support.ts";

/** What comes of one answer, given as bytes; `close` ends the connection after it. */
async function given(bytes: Buffer | string, { stream = true, close = false } = {}) {
  await using server = await listen((socket) => (close ? socket.end(bytes) : socket.write(bytes)));
  return await ask(server.url, { stream });
}

const EVENTS = `${sse("hel")}${sse("lo")}${sse(null, "stop")}${DONE}`;
const JSON_TYPE = { "content-type": "application/json" };

test("a stream is told as it comes, and its connection is used again", async () => {
  await using server = await listen((socket) => socket.write(`${STREAM_HEAD}${chunked(EVENTS)}0\r\n\r\n`));
  await using upstream = openUpstream();
  for (const _ of [1, 2]) {
    const events = await collect(upstream, callOf(server.url));
    expect(events.map(({ type }) => type)).toEqual([
      "response-start",
      "text-delta",
      "text-delta",
      "response-end",
    ]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(server.connections).toHaveLength(1);
});

test("a whole answer is told as events", async () => {
  expect(await given(http(200, answer("hello"), JSON_TYPE), { stream: false })).toEqual({
    text: "hello",
    end: "response-end",
  });
});

test("the request carries key, model and identity coding, to the path under the backend's address", async () => {
  await using server = await listen((socket) => socket.write(http(200, answer("x"))));
  await using upstream = openUpstream();
  await collect(upstream, callOf(server.url, {}, { headers: { "X-Team": "blue", Authorization: "other" } }));
  const [head = "", body = ""] = server.requests[0]?.split("\r\n\r\n") ?? [];
  expect(head).toMatch(/^POST \/v1\/chat\/completions HTTP\/1\.1\r\n/);
  expect(head).toMatch(new RegExp(`^authorization: Bearer ${KEY.reveal()}\r$`, "m"));
  expect(head).toMatch(/^accept-encoding: identity\r?$/m);
  expect(head).toMatch(/^x-team: blue\r?$/m);
  expect(head.match(/^authorization:/gim)).toHaveLength(1);
  expect(JSON.parse(body)).toMatchObject({ model: "m", stream: true });
});

describe("what the body is shows in its bytes", () => {
  test("U35 JSON called text/plain", async () => {
    expect(
      await given(http(200, answer("x"), { "content-type": "text/plain" }), { stream: false }),
    ).toMatchObject({ text: "x" });
  });

  test("U35 an event stream called JSON", async () => {
    expect(await given(http(200, EVENTS, JSON_TYPE))).toEqual({ text: "hello", end: "response-end" });
  });

  test("U36 JSON where a stream was asked for", async () => {
    expect(await given(http(200, answer("x"), JSON_TYPE))).toEqual({ text: "x", end: "response-end" });
  });

  test("U37 a stream where JSON was asked for", async () => {
    expect(await given(http(200, EVENTS), { stream: false })).toEqual({ text: "hello", end: "response-end" });
  });

  test("a byte order mark and blank lines come before an answer", async () => {
    expect(await given(http(200, `\ufeff\r\n ${answer("x")}`))).toMatchObject({ text: "x" });
    expect(await given(http(200, `\ufeff\n\n${EVENTS}`))).toMatchObject({ text: "hello" });
  });

  test("U33 an HTML page is malformed, whatever its type says", async () => {
    for (const type of ["text/html", "application/json"]) {
      expect(
        (await given(http(200, "\n<!doctype html><p>Sign in", { "content-type": type }))).failure,
      ).toEqual({
        class: "malformed",
        message: "an HTML page, not an answer",
      });
    }
  });

  test("U49 lines of JSON are malformed, with a hint", async () => {
    const line = '{"model":"m","message":{"content":"x"},"done":false}\n';
    expect((await given(http(200, line + line))).failure).toMatchObject({
      class: "malformed",
      message: /\/v1/,
    });
  });

  test("plain text is neither JSON nor a stream", async () => {
    expect((await given(http(200, "Ollama is running\n"))).failure).toMatchObject({
      class: "malformed",
      message: "neither JSON nor an event stream",
    });
  });
});

describe("U32 answers without a body are empty", () => {
  test.each([200, 204, 205, 304])("%i", async (status) => {
    const bytes = status === 200 ? http(status, "") : `HTTP/1.1 ${status} X\r\n\r\n`;
    expect((await given(bytes)).failure).toEqual({ class: "malformed", message: "empty response" });
  });

  test("blanks only", async () => {
    expect((await given(http(200, " \n\n"))).failure?.message).toBe("empty response");
  });

  test("U38 a stream of [DONE] only", async () => {
    expect((await given(http(200, DONE))).failure?.message).toBe("empty response");
  });

  test("comments only", async () => {
    expect((await given(http(200, ": ping\n\n: ping\n\n"))).failure?.message).toBe("empty response");
  });
});

describe("answers that end too soon", () => {
  test("U9 a chunked stream cut by FIN", async () => {
    const cut = await given(STREAM_HEAD + chunked(sse("half")), { close: true });
    expect(cut).toMatchObject({ text: "half", failure: { class: "malformed", message: /truncated/ } });
  });

  test("U10 a stream that ends with its connection and without a finish reason", async () => {
    const cut = await given(`HTTP/1.0 200 OK\r\n\r\n${sse("half")}`, { close: true });
    expect(cut).toMatchObject({ text: "half", failure: { class: "malformed", message: /broke off/ } });
  });

  test("U10 a stream that ends with its connection after the finish reason is whole", async () => {
    expect(await given(`HTTP/1.0 200 OK\r\n\r\n${EVENTS}`, { close: true })).toEqual({
      text: "hello",
      end: "response-end",
    });
  });

  test("U11 JSON that ends with its connection", async () => {
    const cut = await given(`HTTP/1.0 200 OK\r\n\r\n${answer("hello").slice(0, 40)}`, {
      close: true,
      stream: false,
    });
    expect(cut.failure).toMatchObject({ class: "malformed", message: /not whole JSON/ });
  });

  test("U53 a content length that is too short cuts the answer", async () => {
    const cut = await given(http(200, answer("hello"), { "content-length": "20" }), { stream: false });
    expect(cut.failure).toMatchObject({ class: "malformed", message: /not whole JSON/ });
  });

  test("U53 a content length that is too long, then FIN", async () => {
    const cut = await given(http(200, answer("x"), { "content-length": "5000" }), {
      stream: false,
      close: true,
    });
    expect(cut.failure).toMatchObject({ class: "malformed" });
  });

  test("U42 U54 a cut after the finish reason is a whole answer", async () => {
    const whole = await given(STREAM_HEAD + chunked(sse("x", "stop")), { close: true });
    expect(whole).toEqual({ text: "x", end: "response-end" });
  });

  test("U54 a bad chunk size before the finish reason is malformed", async () => {
    expect(await given(`${STREAM_HEAD}${chunked(sse("x"))}zz\r\n`)).toMatchObject({
      text: "x",
      failure: { class: "malformed" },
    });
  });

  test("U54 a bad chunk size after the finish reason does no harm", async () => {
    expect(await given(`${STREAM_HEAD}${chunked(sse("x", "stop"))}zz\r\n`)).toEqual({
      text: "x",
      end: "response-end",
    });
  });
});

describe("errors inside a 200", () => {
  test("U34 an error object", async () => {
    const body = JSON.stringify({ error: { message: "slow down", code: "rate_limit_exceeded" } });
    expect((await given(http(200, body))).failure).toMatchObject({ class: "rate_limited", status: 429 });
  });

  test("U40 an error event first", async () => {
    const event = 'event: error\ndata: {"error":{"message":"overloaded","type":"overloaded_error"}}\n\n';
    expect(await given(http(200, event))).toMatchObject({
      text: "",
      failure: { class: "overloaded", status: 503 },
    });
  });

  test("U41 an error after content, then [DONE]", async () => {
    const late = await given(http(200, `${sse("half")}data: {"error":{"message":"boom"}}\n\n${DONE}`));
    expect(late).toMatchObject({ text: "half", failure: { class: "server", message: "boom" } });
  });

  test("U44 a piece that is not JSON", async () => {
    expect((await given(http(200, `${sse("a")}data: {"choi\n\n`))).failure).toMatchObject({
      class: "malformed",
    });
  });
});

describe("U20 one piece of text, over and over", () => {
  test("is a failure at the thousandth time", async () => {
    const caught = await given(http(200, sse("ha ").repeat(2_000)));
    expect(caught.text).toBe("ha ".repeat(999));
    expect(caught.failure).toMatchObject({ class: "malformed", message: /^runaway stream/ });
  });

  test("counts for reasoning too", async () => {
    const thought = { choices: [{ index: 0, delta: { reasoning_content: "hm " } }] };
    const caught = await given(http(200, `data: ${JSON.stringify(thought)}\n\n`.repeat(1_000)));
    expect(caught.failure).toMatchObject({ message: /^runaway stream/ });
  });

  test("is an answer while something else comes in between", async () => {
    const events = `${sse("ha ").repeat(999)}${sse("ho ")}`.repeat(2) + sse(null, "stop");
    expect(await given(http(200, events))).toMatchObject({ end: "response-end" });
  });
});

test.each(["gzip", "br", "gzip, gzip"])(
  "U52 the coding %s, which nobody asked for, is malformed",
  async (coding) => {
    const odd = await given(http(200, answer("x"), { "content-encoding": coding }));
    expect(odd.failure).toMatchObject({ class: "malformed", message: /compressed/ });
  },
);

test("the coding identity is none", async () => {
  expect(await given(http(200, answer("x"), { "content-encoding": "identity" }))).toMatchObject({
    text: "x",
  });
});

test("U31 101 is malformed", async () => {
  expect((await given("HTTP/1.1 101 X\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n")).failure?.class).toBe(
    "malformed",
  );
});

test("U30 103 before the answer is passed over", async () => {
  expect(await given(`HTTP/1.1 103 Early Hints\r\n\r\n${http(200, answer("x"))}`)).toMatchObject({
    text: "x",
  });
});

test("U30 an unasked 100 is malformed", async () => {
  expect((await given(`HTTP/1.1 100 Continue\r\n\r\n${http(200, answer("x"))}`)).failure?.class).toBe(
    "malformed",
  );
});

test.each(["099", "999", "600"])("U29 the status %s is malformed", async (status) => {
  expect((await given(`HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`)).failure).toMatchObject({
    class: "malformed",
    message: /impossible HTTP status/,
  });
});

test.each([
  ["U27 an SSH banner", "SSH-2.0-OpenSSH_9.6\r\n"],
  ["U27 a NUL in a header", "HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n"],
  ["U28 a header of 20 KB", `HTTP/1.1 200 OK\r\na: ${"x".repeat(20_000)}\r\n\r\n`],
  ["U53 two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"],
])("%s is malformed", async (_, bytes) => {
  expect((await given(bytes)).failure?.class).toBe("malformed");
});

test("U55 bytes after the answer do no harm", async () => {
  await using server = await listen((socket) =>
    socket.write(Buffer.concat([http(200, answer("x")), Buffer.from("junk")])),
  );
  await using upstream = openUpstream();
  for (const _ of [1, 2]) {
    expect((await collect(upstream, callOf(server.url))).at(-1)?.type).toBe("response-end");
  }
});
