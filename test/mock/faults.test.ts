import { Agent } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { createParser } from "eventsource-parser";
import { afterEach, describe, expect, it } from "vitest";
import { FAULTS } from "../../src/mock/faults/index.ts";
import { ODDITIES } from "../../src/mock/faults/oddities.ts";
import { TOOL_FAULTS } from "../../src/mock/faults/tools.ts";
import { type Mock, startMock } from "../../src/mock/mock.ts";
import type { Step } from "../../src/mock/step.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { ask, get, open, type Seen } from "./client.ts";

const running: Mock[] = [];

async function mockWith(...steps: Step[]): Promise<Mock> {
  const mock = await startMock({ steps, answer: "one two three" });
  running.push(mock);
  return mock;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((mock) => mock.close()));
});

const seen = new Set<string>();

/** Names of the faults a test covers, so that the last test can tell which none does. */
function covers(...names: readonly string[]): void {
  for (const name of names) seen.add(name);
}

describe("error answers", () => {
  const CODES: readonly [fault: string, status: number, code: string | null][] = [
    ["400", 400, null],
    ["400-context", 400, "context_length_exceeded"],
    ["400-policy", 400, "content_policy_violation"],
    ["400-quota", 400, "insufficient_quota"],
    ["401", 401, "invalid_api_key"],
    ["402", 402, "402"],
    ["403", 403, "unsupported_country_region_territory"],
    ["403-permission", 403, "permission_denied"],
    ["403-policy", 403, "content_policy_violation"],
    ["403-quota", 403, "credits_exhausted"],
    ["404", 404, null],
    ["404-model", 404, "model_not_found"],
    ["405", 405, null],
    ["408", 408, null],
    ["409", 409, null],
    ["413", 413, "request_too_large"],
    ["415", 415, null],
    ["422", 422, null],
    ["425", 425, null],
    ["429", 429, "rate_limit_exceeded"],
    ["429-quota", 429, "insufficient_quota"],
    ["440", 440, null],
    ["498", 498, null],
    ["499", 499, null],
    ["500", 500, null],
    ["501", 501, null],
    ["505", 505, null],
    ["520", 520, null],
    ["522", 522, null],
    ["524", 524, null],
    ["502", 502, null],
    ["503", 503, null],
    ["503-loading", 503, "503"],
    ["504", 504, null],
    ["529", 529, null],
    ["418", 418, null],
  ];
  covers(...CODES.map(([fault]) => fault));

  it.each(CODES)("U58-U77 %s: status %i, code %s, in OpenAI's shape", async (fault, status, code) => {
    const answer = await ask(await mockWith(fault));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      error: { message: expect.any(String), type: expect.any(String), param: null, code },
    });
    expect(answer.text).not.toContain("{model}");
  });

  it("U68, U69 state a wait in every form there is", async () => {
    const mock = await mockWith(
      "429:retry-after=2",
      "429:retry-after-ms=1500",
      "503:retry-after-date=90s",
      "429:reset-requests=6m0s,reset-tokens=1s",
      { fault: "429", "retry-after": "soon", message: "Slow down, please" },
    );
    const before = Date.now();
    expect((await ask(mock)).headers["retry-after"]).toBe("2");
    expect((await ask(mock)).headers["retry-after-ms"]).toBe("1500");
    const date = (await ask(mock)).headers["retry-after"] ?? "";
    expect(new Date(date).toUTCString()).toBe(date);
    expect(Date.parse(date) - before).toBeGreaterThan(88_000);
    expect((await ask(mock)).headers).toMatchObject({
      "x-ratelimit-reset-requests": "6m0s",
      "x-ratelimit-reset-tokens": "1s",
    });
    expect(await ask(mock)).toMatchObject({
      headers: { "retry-after": "soon" },
      text: expect.stringContaining("Slow down, please"),
    });
  });

  it.each([
    ["imf", /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/],
    ["rfc850", /^\w+day, \d\d-\w{3}-\d\d [\d:]{8} GMT$/],
    ["asctime", /^\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}$/],
  ])("U69 a date as %s writes it", async (form, pattern) => {
    const mock = await mockWith(`429:retry-after-date=90s,date-form=${form}`);
    const date = String((await ask(mock)).headers["retry-after"]);
    expect(date).toMatch(pattern);
    expect(
      Math.abs(Date.parse(form === "asctime" ? `${date} GMT` : date) - Date.now() - 90_000),
    ).toBeLessThan(5_000);
  });

  it("U69, U70 a wait in the body, and two in the headers", async () => {
    const mock = await mockWith("429:retry-delay=17s", "429:retry-after=20,retry-after-again=90");
    expect(JSON.parse((await ask(mock)).text).error.details[0].retryDelay).toBe("17s");
    expect((await ask(mock)).headers["retry-after"]).toBe("20");
  });

  it("U61 echo-key: repeats the key, also in escapes", async () => {
    covers("echo-key");
    const key = 'Bearer a"b';
    const { text } = await ask(await mockWith("echo-key:error=500"), { headers: { authorization: key } });
    expect(JSON.parse(text).error.message).toBe(`Refused ${key} and Bearer%20a%22b and "Bearer a\\"b".`);
  });

  it("U90 escapes-in-error: terminal escapes in the message", async () => {
    covers("escapes-in-error");
    expect(JSON.parse((await ask(await mockWith("escapes-in-error"))).text).error.message).toContain(
      "\u{1b}]52;",
    );
  });

  it("U78 flapping: bad for a period, good for a period", async () => {
    covers("flapping");
    const clock = fakeClock();
    const mock = await startMock({ steps: ["flapping:period=60s"], clock });
    running.push(mock);
    const statuses: number[] = [];
    for (let step = 0; step < 4; step++) {
      statuses.push((await ask(mock)).status);
      await clock.advance(40_000);
    }
    expect(statuses).toEqual([503, 503, 200, 503]);
  });

  it("U91 huge-error: as many megabytes as told", async () => {
    covers("huge-error");
    const answer = await ask(await mockWith("huge-error:mb=2"));
    expect(answer.status).toBe(500);
    expect(answer.bytes.length).toBeGreaterThan(2_000_000);
  });
});

describe("instead of an answer", () => {
  const ENDS: readonly [title: string, fault: string, end: string][] = [
    ["U5 reset", "reset", "ECONNRESET"],
    ["U5 close", "close", "ECONNRESET"],
    ["U5 close-reused", "close-at-accept", "ECONNRESET"],
    ["U27 banner", "banner", "HPE_INVALID_CONSTANT"],
    ["U27 garbage", "garbage", "HPE_INVALID_CONSTANT"],
    ["U27 bare-lf", "bare-lf", "HPE_CR_EXPECTED"],
    ["U27 nul-header", "nul-header", "HPE_INVALID_HEADER_TOKEN"],
    ["U28 many-headers", "many-headers", "HPE_HEADER_OVERFLOW"],
    ["U53 two-lengths", "two-lengths", "HPE_UNEXPECTED_CONTENT_LENGTH"],
    ["U28 huge-header", "huge-header", "HPE_HEADER_OVERFLOW"],
  ];
  covers(...ENDS.map(([, fault]) => fault));

  it.each(ENDS)("%s: the client sees an error", async (_title, fault, end) => {
    expect((await ask(await mockWith(fault))).end).toBe(end);
  });

  it("U3 reset-at-accept: the connection breaks, and the step is spent", async () => {
    covers("reset-at-accept");
    const mock = await mockWith("reset-at-accept", "ok");
    expect((await ask(mock)).end).toBe("ECONNRESET");
    expect((await ask(mock)).status).toBe(200);
    expect(mock).toMatchObject({ connections: 2, requests: [{ step: "ok" }] });
  });

  it.each(["reset-reused", "close-reused"])(
    "U4 %s: only a connection that is used again breaks",
    async (fault) => {
      covers(fault);
      const mock = await mockWith(fault);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      expect((await ask(mock, { agent })).status).toBe(200);
      expect((await ask(mock, { agent })).end).toBe("ECONNRESET");
      expect((await ask(mock, { agent })).status).toBe(200);
      agent.destroy();
    },
  );

  it.each(["timeout", "100-continue", "102-flood", "slow-headers:every=1"])(
    "U12, U13, U30 %s: no answer until the client gives up",
    async (fault) => {
      covers(fault.replace(/:.*/, ""));
      const mock = await mockWith(fault);
      const going = open(mock, { prompt: "x".repeat(3_000_000) });
      await mock.nextRequest();
      going.abort();
      expect(await mock.aborted()).toMatchObject({ status: undefined, aborted: true });
    },
  );

  it("U92 never-reads: the body stays with the client", async () => {
    covers("never-reads");
    const mock = await mockWith("never-reads");
    const going = open(mock, { prompt: "x".repeat(3_000_000) });
    expect((await mock.nextRequest()).rawBody).toBe("");
    going.abort();
  });

  it.each([true, false])("U14 headers-only: 200 and no more (stream: %s)", async (stream) => {
    covers("headers-only");
    const mock = await mockWith("headers-only");
    const going = open(mock, { stream });
    expect((await going.headers).statusCode).toBe(200);
    going.abort();
    expect(await mock.aborted()).toMatchObject({ status: 200 });
    expect((await going.seen).text).toBe("");
  });

  it("U6 cut-after-headers: headers, an opening, then a reset", async () => {
    covers("cut-after-headers");
    const answer = await ask(await mockWith("cut-after-headers"), { stream: true });
    expect(answer).toMatchObject({ status: 200, end: "ECONNRESET" });
    expect(answer.text).not.toContain("one");
  });

  it.each([413, 401])("U93 early-%i: answers before the body was read", async (status) => {
    covers(`early-${status}`);
    const mock = await mockWith(`early-${status}`);
    expect((await ask(mock)).status).toBe(status);
    expect(mock.chats[0]?.rawBody).toBe("");
  });

  it("U31 101: an upgrade nobody asked for", async () => {
    covers("101");
    expect((await ask(await mockWith("101"))).end).toBe("upgrade");
  });
});

describe("an answer that breaks off", () => {
  it.each([
    ["U8, U9 cut-stream", "cut-stream:after=2", "ECONNRESET"],
    ["U8 reset-stream", "reset-stream:after=2,wait=50", "ECONNRESET"],
    ["U54 bad-chunk-within", "bad-chunk-within:after=2,wait=50", "HPE_INVALID_CHUNK_SIZE"],
    ["U10 end-stream", "end-stream:after=2", "complete"],
    ["U10 old-http-cut", "old-http-cut:after=2", "complete"],
    ["U43 done-only-after", "done-only-after:after=2", "complete"],
    ["U44 malformed-after", "malformed-after:after=2", "complete"],
    ["U41 error-in-stream-after", "error-in-stream-after:after=2,error=529", "complete"],
  ])("%s: content as told, no stop reason", async (_title, fault, end) => {
    covers(fault.replace(/:.*/, ""));
    const answer = await ask(await mockWith(fault), { stream: true });
    expect(answer.end).toBe(end);
    expect(answer.text).toContain('"content":"two "');
    expect(answer.text).not.toContain("three");
    expect(answer.text).not.toContain('"finish_reason":"stop"');
  });

  it.each(["cut-stream", "end-stream", "malformed-after", "short-body"])(
    "U7, U11, U53 %s: half a body where no stream was asked for",
    async (fault) => {
      covers(fault);
      const { text } = await ask(await mockWith(fault));
      expect(text).toMatch(/^\{/);
      expect(() => JSON.parse(text)).toThrow();
    },
  );

  it("U17 stall: content, then nothing until the client gives up", async () => {
    covers("stall");
    const mock = await mockWith("stall:after=2");
    const going = open(mock, { stream: true });
    await going.until(/two/);
    going.abort();
    await mock.aborted();
    expect((await going.seen).text).not.toContain("three");
  });

  it("U18 stall-after-finish: a stop reason, then nothing", async () => {
    covers("stall-after-finish");
    const mock = await mockWith("stall-after-finish");
    const going = open(mock, { stream: true });
    await going.until(/"finish_reason":"stop"/);
    going.abort();
    await mock.aborted();
    expect((await going.seen).text).not.toContain("[DONE]");
  });

  it("U16 role-only-stall: an opening without content", async () => {
    covers("role-only-stall");
    const mock = await mockWith("role-only-stall");
    const going = open(mock, { stream: true });
    await going.until(/"role":"assistant"/);
    going.abort();
    await mock.aborted();
    expect((await going.seen).text).not.toContain("one");
  });

  it("U15 pings-only: comments and nothing else", async () => {
    covers("pings-only");
    const mock = await mockWith("pings-only:every=1");
    const going = open(mock, { stream: true });
    await going.until(/(: keep-alive\n\n){5}/);
    going.abort();
    await mock.aborted();
    expect((await going.seen).text.replaceAll(": keep-alive\n\n", "")).toBe("");
  });

  it.each(["huge", "endless-stream", "endless-text"])(
    "U20, U50, U51 %s: more and more, as long as it is read",
    async (fault) => {
      covers(fault);
      const mock = await mockWith(fault);
      const going = open(mock, { stream: true });
      (await going.headers).on("data", () => {
        if (Number(++parts) > 20) going.abort();
      });
      let parts = 0;
      await mock.aborted();
      expect((await going.seen).bytes.length).toBeGreaterThan(10_000);
    },
  );
});

describe("200, but no answer", () => {
  const BODIES: readonly [title: string, fault: string, stream: boolean, check: (answer: Seen) => void][] = [
    ["U32 empty", "empty", false, ({ text }) => expect(text).toBe("")],
    ["U32 204", "204", false, ({ status }) => expect(status).toBe(204)],
    ["U33 html", "html", true, ({ text }) => expect(text).toMatch(/^<!doctype html>/)],
    [
      "U34 error-in-200",
      "error-in-200:error=429",
      false,
      ({ text }) => expect(text).toMatch(/^\{"error".*rate_limit/),
    ],
    ["U38 empty-stream", "empty-stream", true, ({ text }) => expect(text).toBe("data: [DONE]\n\n")],
    [
      "U39 empty-answer",
      "empty-answer",
      true,
      ({ text }) => expect(text).toMatch(/"stop".*\n\ndata: \[DONE]/),
    ],
    ["U39 empty-answer", "empty-answer", false, ({ text }) => expect(text).toContain('"content":""')],
    ["U40 error-in-stream", "error-in-stream", true, ({ text }) => expect(text).toMatch(/^data: \{"error"/)],
    ["U40 error-in-stream", "error-in-stream", false, ({ text }) => expect(text).toMatch(/^\{"error"/)],
    ["U44 malformed", "malformed", false, ({ text }) => expect(() => JSON.parse(text)).toThrow()],
    ["U44 malformed", "malformed", true, ({ text }) => expect(text).toMatch(/^data: \{.*[^}]\n\n$/)],
    [
      "U57 redirect",
      "redirect:to=http://127.0.0.2/,status=308",
      true,
      ({ status, headers }) => expect([status, headers.location]).toEqual([308, "http://127.0.0.2/"]),
    ],
    ["U29 bad-status", "bad-status", false, ({ status }) => expect(status).toBe(99)],
    ["U54 bad-chunk", "bad-chunk", true, ({ end }) => expect(end).toMatch(/^HPE_/)],
  ];
  covers(...BODIES.map(([, fault]) => fault.replace(/:.*/, "")));

  it.each(BODIES)("%s (%s, stream: %s)", async (_title, fault, stream, check) => {
    check(await ask(await mockWith(fault), { stream }));
  });

  it("U52 gzip-bomb: small on the wire, large unpacked", async () => {
    covers("gzip-bomb");
    const answer = await ask(await mockWith("gzip-bomb:mb=3"));
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(answer.bytes.length).toBeLessThan(10_000);
    expect(gunzipSync(answer.bytes).length).toBe(3_000_000);
  });

  it("body: exactly the body given, as a stream where one was asked for", async () => {
    covers("body");
    const body = 'data: {"choices":[]}\n\n';
    const answer = await ask(await mockWith({ fault: "body", body }), { stream: true });
    expect(answer).toMatchObject({ status: 200, text: body });
    expect(answer.headers["content-type"]).toMatch("text/event-stream");
  });

  it("raw: exactly the bytes given", async () => {
    covers("raw");
    const bytes = "HTTP/1.1 299 Odd\r\ncontent-length: 2\r\n\r\nhi";
    expect(await ask(await mockWith({ fault: "raw", bytes }))).toMatchObject({ status: 299, text: "hi" });
  });
});

describe("compressed, though nobody asked for it", () => {
  it.each([
    ["gzip", (bytes: Buffer) => gunzipSync(bytes)],
    ["brotli", (bytes: Buffer) => brotliDecompressSync(bytes)],
    ["gzip-twice", (bytes: Buffer) => gunzipSync(gunzipSync(bytes))],
    ["gzip-label", (bytes: Buffer) => bytes],
  ])("U52 %s: unpacked, a good answer", async (fault, unpack) => {
    covers(fault);
    const { bytes, headers } = await ask(await mockWith(fault));
    expect(headers["content-encoding"]).toMatch(/^(gzip|br|gzip, gzip)$/);
    expect(unpack(bytes).toString()).toContain("one two three");
  });

  it("U52 gzip-cut: unpacks to nothing whole", async () => {
    covers("gzip-cut");
    const { bytes } = await ask(await mockWith("gzip-cut"));
    expect(() => gunzipSync(bytes)).toThrow(/unexpected end/);
  });
});

describe("good answers in odd clothes", () => {
  const stream = async (fault: string) => ask(await mockWith(fault), { stream: true });
  const plain = async () => (await stream("ok")).text.replaceAll(/"created":\d+/g, "");
  const same = ({ text }: Seen) => text.replaceAll(/"created":\d+/g, "");

  it("U42 no-done: everything but the terminator", async () => {
    covers("no-done");
    const { text, end } = await stream("no-done");
    expect(text).toContain('"finish_reason":"stop"');
    expect([text.includes("[DONE]"), end]).toEqual([false, "complete"]);
  });

  it("U36 json-for-stream, U37 sse-for-json: the other form", async () => {
    covers("json-for-stream", "sse-for-json");
    expect((await stream("json-for-stream")).headers["content-type"]).toBe("application/json");
    const { headers } = await ask(await mockWith("sse-for-json"));
    expect(headers["content-type"]).toMatch("text/event-stream");
  });

  it.each([true, false])("U35 text-plain: another content type (stream: %s)", async (streamed) => {
    covers("text-plain");
    const { headers, text } = await ask(await mockWith("text-plain"), { stream: streamed });
    expect(headers["content-type"]).toBe("text/plain");
    expect(text).toContain("three");
  });

  it("U45 split-utf8: the same bytes, one at a time", async () => {
    covers("split-utf8");
    expect(same(await stream("split-utf8"))).toBe(await plain());
  });

  it("U47 crlf, comments: the same but for line ends and comments", async () => {
    covers("crlf", "comments");
    expect(same(await stream("crlf")).replaceAll("\r\n", "\n")).toBe(await plain());
    expect(same(await stream("comments")).replaceAll(": keep-alive\n\n", "")).toBe(await plain());
  });

  it("U47 cr, mixed-ends, bom, U48 odd-fields: the same events", async () => {
    covers("cr", "mixed-ends", "bom", "odd-fields");
    for (const fault of ["cr", "mixed-ends", "bom", "odd-fields"]) {
      const { text } = await stream(fault);
      const data: string[] = [];
      const parser = createParser({ onEvent: (event) => data.push(event.data) });
      parser.feed(`${text.replace(/^\u{FEFF}/u, "")}\n`);
      expect(data.map((one) => one.replace(/,?"created":\d+/, "").replace("\n", ""))).toEqual(
        (await plain())
          .split("\n\n")
          .flatMap((frame) => (frame === "" ? [] : [frame.slice(6).replace(/,,/, ",")])),
      );
    }
  });

  it.each([
    ["U30 early-hints", "early-hints", /one/],
    ["U49 ndjson", "ndjson", /^\{.*"done":false\}\n\{.*"done":true\}\n$/],
    ["U54 no-last-chunk", "no-last-chunk", /\[DONE\]/],
    ["U55 junk-after", "junk-after", /\[DONE\]/],
    ["U19 slow-stream", "slow-stream:every=1ms", /three/],
  ])("%s", async (_title, fault, expected) => {
    covers(fault.replace(/:.*/, ""));
    expect((await stream(fault)).text).toMatch(expected);
  });

  it.each(["long-body", "bad-chunk-after", "bad-trailer", "length-and-chunks"])(
    "U53, U54 %s: a strict client hears of it",
    async (fault) => {
      covers(fault);
      expect((await stream(fault)).end).toMatch(/^HPE_/);
    },
  );

  it("U46 invalid-utf8: one byte that UTF-8 does not have", async () => {
    covers("invalid-utf8");
    const { bytes } = await stream("invalid-utf8");
    expect(bytes.includes(0xff)).toBe(true);
    expect(bytes.toString("utf8")).toContain("\u{FFFD}");
  });
});

it("a fault fits requests of the model list too", async () => {
  const mock = await startMock({ modelsSteps: ["503"] });
  running.push(mock);
  expect((await get(mock, "/v1/models")).status).toBe(503);
});

it("every fault is seen by one of these tests", () => {
  const here = [...FAULTS.keys()].filter((name) => !(name in ODDITIES) && !(name in TOOL_FAULTS));
  expect(here.filter((name) => !seen.has(name))).toEqual([]);
});
