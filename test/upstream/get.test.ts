import { expect, test } from "vitest";
import type { WireRequest } from "../../src/dialects/dialect.ts";
import { http, listen, openUpstream } from "./support.ts";

const MODELS: WireRequest = { method: "GET", path: "/models", headers: { authorization: "Bearer k" } };

async function given(bytes: Buffer | string, signal = new AbortController().signal) {
  await using server = await listen((socket) => socket.write(bytes));
  await using upstream = openUpstream();
  return await upstream.get({ url: server.url, zone: "open", headers: { "x-a": "b" } }, MODELS, {
    signal,
    connectMs: 5000,
  });
}

test("a small answer comes whole, with status and headers", async () => {
  expect(await given(http(200, '{"data":[]}', { "x-b": "c" }))).toMatchObject({
    ok: true,
    status: 200,
    headers: { "x-b": "c" },
    body: '{"data":[]}',
  });
});

test.each([401, 404, 503])("the error status %i comes as it is", async (status) => {
  expect(await given(http(status, "no"))).toMatchObject({ ok: true, status, body: "no" });
});

test("an empty body is an answer here", async () => {
  expect(await given(http(200, ""))).toMatchObject({ ok: true, body: "" });
});

test("U57 a redirect is not followed", async () => {
  expect(await given(http(302, "", { location: "http://a.example/" }))).toMatchObject({
    ok: false,
    failure: { class: "malformed", message: /a\.example/ },
  });
});

test("U51 more than 4 MiB are not read", async () => {
  expect(await given(http(200, "x".repeat(4_194_305)))).toMatchObject({
    ok: false,
    failure: { class: "malformed", message: "the answer is larger than 4 MiB" },
  });
});

test("an aborted request is one", async () => {
  expect(await given("", AbortSignal.abort())).toMatchObject({ ok: false, failure: { class: "aborted" } });
});
