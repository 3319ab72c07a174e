import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../../src/mock/mock.ts";
import type { Running } from "./support/program.ts";
import { rawConnection, rawRequest } from "./support/raw.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const CHAT = "/v1/chat/completions";
const GOOD = JSON.stringify({ model: "a", messages: [{ role: "user", content: "Hello?" }] });
const cleaning: (() => Promise<unknown>)[] = [];
let a: Mock;
let server: Running;
let url = "";
let host = "";

beforeAll(async () => {
  a = await startMock({ answer: "Fine." });
  const space = await failoverWorkspace({ a }, {}, (clean) => cleaning.unshift(clean));
  await space.config({
    backends: { a: { type: "generic", url: a.url } },
    server: { max_body_bytes: 65_536, allowed_origins: ["https://app.example"] },
  });
  server = space.start(["serve", "--port", "0"]);
  await server.until("stdout", /^http:\S+\n/);
  url = server.stdout().trim();
  host = `Host: ${new URL(url).host}`;
});

afterAll(async () => {
  server.child.kill("SIGKILL");
  await server.ended;
  await a.close();
  for (const clean of cleaning) await clean();
});

/** Whatever was sent before: nothing of it went on, and the server answers as ever. */
async function stillServing(): Promise<void> {
  const before = a.chats.length;
  const response = await fetch(`${url}${CHAT}`, { method: "POST", body: GOOD });
  expect([response.status, a.chats.length - before]).toEqual([200, 1]);
  expect(a.chats.every(({ rawBody }) => rawBody.includes("Hello?"))).toBe(true);
  expect(server.child.exitCode).toBeNull();
  expect(server.stderr()).not.toContain("internal error");
}

const post = (...lines: string[]) => [`POST ${CHAT} HTTP/1.1`, host, ...lines];
const get = (target: string, ...lines: string[]) => [`GET ${target} HTTP/1.1`, host, ...lines];
const CLOSE = "Connection: close";
const many = (count: number, size = 1) =>
  Array.from({ length: count }, (_, n) => `x-${n}: ${"v".repeat(size)}`);
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** [what is sent, its lines, its body, the status, the code of the error]. */
type Row = readonly [string, () => readonly string[], string, number, string];

const REFUSED: readonly Row[] = [
  [
    "C52 a length and a chunked body",
    () => post("Content-Length: 5", "Transfer-Encoding: chunked"),
    "0\r\n\r\n",
    400,
    "invalid_http",
  ],
  ["C53 two lengths", () => post("Content-Length: 5", "Content-Length: 6"), "hello", 400, "invalid_http"],
  [
    "C54 an obscured chunked body",
    () => post("Transfer-Encoding: chunked, identity"),
    "0\r\n\r\n",
    400,
    "invalid_http",
  ],
  [
    "C54 a space before the colon",
    () => post("Transfer-Encoding : chunked"),
    "0\r\n\r\n",
    400,
    "invalid_http",
  ],
  [
    "C55 a bare line feed",
    () => [`POST ${CHAT} HTTP/1.1\n${host}\nContent-Length: 0`],
    "",
    400,
    "invalid_http",
  ],
  ["C55 a folded header", () => post("X-A: 1", " folded"), "", 400, "invalid_http"],
  ["C15 a negative length", () => post("Content-Length: -1"), "", 400, "invalid_http"],
  ["C62 HTTP/2 without being asked", () => ["PRI * HTTP/2.0", "", "SM"], "", 400, "invalid_http"],
  [
    "C50 headers of more than 16 KiB",
    () => get("/health", `x-large: ${"v".repeat(17_000)}`),
    "",
    431,
    "headers_too_large",
  ],
  ["C51 more than 200 header lines", () => get("/health", ...many(201), CLOSE), "", 431, "too_many_headers"],
  [
    "C51 header lines beyond those that Node reads",
    () => get("/health", ...many(1_200), "Origin: https://evil.example", CLOSE),
    "",
    431,
    "too_many_headers",
  ],
  ["C68 two Hosts", () => get("/health", "Host: evil.example", CLOSE), "", 400, "invalid_host"],
  ["C68 no Host", () => ["GET /health HTTP/1.1", CLOSE], "", 400, "invalid_host"],
  [
    "C68 a foreign Host",
    () => ["GET /health HTTP/1.1", "Host: evil.example", CLOSE],
    "",
    421,
    "host_not_allowed",
  ],
  ["C63 an absolute target", () => get("http://evil.example/v1/models", CLOSE), "", 400, "invalid_target"],
  ["C63 an unknown route", () => get("/v1/nothing", CLOSE), "", 404, "unknown_route"],
  ["C63 a slash at the end", () => get("/health/", CLOSE), "", 404, "unknown_route"],
  ["C63 another case", () => get("/V1/Models", CLOSE), "", 404, "unknown_route"],
  ["C63 an encoded slash", () => get("/v1%2Fmodels", CLOSE), "", 404, "unknown_route"],
  ["C63 a target that cannot be decoded", () => get("/v1/%zz", CLOSE), "", 400, "invalid_target"],
  ["C64 TRACE", () => ["TRACE /v1/models HTTP/1.1", host, CLOSE], "", 405, "method_not_allowed"],
  ["C64 a wrong method", () => get(CHAT, CLOSE), "", 405, "method_not_allowed"],
  [
    "C64 an upgrade to a web socket",
    () => get("/v1/models", "Upgrade: websocket", "Connection: upgrade, close"),
    "",
    400,
    "no_upgrade",
  ],
  [
    "C66 a preflight of a foreign page",
    () => [
      `OPTIONS ${CHAT} HTTP/1.1`,
      host,
      "Origin: https://evil.example",
      "Access-Control-Request-Method: POST",
      CLOSE,
    ],
    "",
    403,
    "origin_not_allowed",
  ],
  [
    "C67 a foreign page that says so",
    () => post("Sec-Fetch-Site: cross-site", "Content-Length: 2", CLOSE),
    "{}",
    403,
    "origin_not_allowed",
  ],
  [
    "C67 a page that sends plain text",
    () => post("Origin: https://app.example", "Content-Type: text/plain", "Content-Length: 2", CLOSE),
    "{}",
    415,
    "unsupported_content_type",
  ],
  [
    "C16 a form of a page",
    () =>
      post(
        "Origin: https://app.example",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 2",
        CLOSE,
      ),
    "{}",
    415,
    "unsupported_content_type",
  ],
  [
    "C16 a page that names no type",
    () => post("Origin: https://app.example", "Content-Length: 2", CLOSE),
    "{}",
    415,
    "unsupported_content_type",
  ],
  [
    "C10 a body that says Latin-1",
    () => post("Content-Type: application/json; charset=latin1", "Content-Length: 2", CLOSE),
    "{}",
    415,
    "unsupported_charset",
  ],
  [
    "C17 a compressed body",
    () => post("Content-Encoding: gzip", "Content-Length: 2", CLOSE),
    "{}",
    415,
    "unsupported_encoding",
  ],
  ["C13 a body over the limit", () => post("Content-Length: 65537"), "", 413, "request_too_large"],
  [
    "C14 a chunked body over the limit",
    () => post("Transfer-Encoding: chunked"),
    chunked("x".repeat(65_537)),
    413,
    "request_too_large",
  ],
  ["C15 a body of 10 GB", () => post("Content-Length: 10737418240"), "", 413, "request_too_large"],
  [
    "C60 a large body that waits for a word",
    () => post("Expect: 100-continue", "Content-Length: 65537"),
    "",
    413,
    "request_too_large",
  ],
  [
    "C56 a chunk whose size is none",
    () => post("Transfer-Encoding: chunked"),
    "zz\r\nhello\r\n0\r\n\r\n",
    400,
    "invalid_http",
  ],
  [
    "C56 a chunk that has more to say than a chunk",
    () => post("Transfer-Encoding: chunked"),
    `5;${"x".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
    400,
    "invalid_http",
  ],
];

describe("requests that are refused before they are one", () => {
  it.each(REFUSED)("%s", async (_what, lines, body, status, code) => {
    const answer = await rawRequest(url, lines(), body);
    expect([answer.status, answer.text.match(/HTTP\/1\.1 /g)]).toEqual([status, ["HTTP/1.1 "]]);
    expect(JSON.parse(answer.body)).toEqual({
      error: { message: expect.any(String), type: "invalid_request_error", param: null, code },
    });
    expect(answer.head).toMatch(/\r\nx-nexus-request-id: req_[0-9a-f]{24}(\r|$)/);
    expect(answer.head).toMatch(/\r\ncontent-type: application\/json/);
    expect(answer.head).toMatch(/\r\nconnection: close/);
    const mayRead = lines().includes("Origin: https://app.example");
    expect(answer.head.includes("access-control")).toBe(mayRead);
    await stillServing();
  });
});

describe("requests that are odd, and answered", () => {
  it("C64 a wrong method is told the right ones", async () => {
    const response = await fetch(`${url}${CHAT}`, { method: "DELETE" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    const models = await fetch(`${url}/v1/models`, { method: "POST", body: "{}" });
    expect([models.status, models.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("C64 CONNECT is not spoken", async () => {
    const raw = await rawConnection(url, `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n\r\n`);
    expect(await raw.closed).toBe("");
    await stillServing();
  });

  it.each(["/health", "/v1/models"])("C65 HEAD %s has the headers of GET and no body", async (path) => {
    const [whole, head] = [await fetch(url + path), await fetch(url + path, { method: "HEAD" })];
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const length = String((await whole.arrayBuffer()).byteLength);
    expect(head.headers.get("content-length")).toBe(length);
    expect(head.headers.get("content-type")).toBe(whole.headers.get("content-type"));
  });

  it("C60 who waits for a word before the body gets it, and the answer", async () => {
    const raw = await rawConnection(
      url,
      `${post("Expect: 100-continue", `Content-Length: ${GOOD.length}`, CLOSE).join("\r\n")}\r\n\r\n`,
    );
    await raw.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    raw.socket.write(GOOD);
    expect(await raw.closed).toMatch(/HTTP\/1\.1 200 OK[\s\S]*"Fine\."/);
  });

  it("C61 a client of HTTP/1.0 gets its stream up to the end of the connection", async () => {
    const body = GOOD.replace("{", '{"stream":true,');
    const raw = await rawConnection(
      url,
      `POST ${CHAT} HTTP/1.0\r\n${host}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const text = await raw.closed;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).not.toMatch(/transfer-encoding/i);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("C57 requests sent at once are answered one after the other", async () => {
    const one = `${post(`Content-Length: ${GOOD.length}`).join("\r\n")}\r\n\r\n${GOOD}`;
    const last = `${get("/health", CLOSE).join("\r\n")}\r\n\r\n`;
    const raw = await rawConnection(url, one.repeat(20) + last);
    const text = await raw.closed;
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(21);
    expect(text.match(/"Fine\."/g)).toHaveLength(20);
  });

  it("C52 nothing behind a broken request is taken for one", async () => {
    const before = a.chats.length;
    const hidden = `${post(`Content-Length: ${GOOD.length}`).join("\r\n")}\r\n\r\n${GOOD}`;
    const raw = await rawConnection(
      url,
      `${post("Content-Length: 4", "Transfer-Encoding: chunked").join("\r\n")}\r\n\r\n0\r\n\r\n${hidden}`,
    );
    expect((await raw.closed).match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(a.chats.length).toBe(before);
  });

  it("C71 a body that breaks off asks nobody", async () => {
    const before = a.chats.length;
    const raw = await rawConnection(url, `${post("Content-Length: 500").join("\r\n")}\r\n\r\n${GOOD}`);
    raw.socket.resetAndDestroy();
    await raw.closed;
    expect(a.chats.length).toBe(before);
    await stillServing();
  });

  it.each([
    "../../etc/passwd",
    "..\\..\\x",
    "%2e%2e/%2e%2e",
    "/etc/passwd",
    "a\u0000",
    "a\r\nX-Evil: 1",
    "模型",
    "🦊",
    "\u202eevil",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
  ])("C21 C27 C28 nobody knows a model called %j", async (model) => {
    const before = a.chats.length;
    const response = await fetch(`${url}${CHAT}`, {
      method: "POST",
      body: JSON.stringify({ model, messages: [{ role: "user", content: "x" }] }),
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: "model_not_found", param: "model" } });
    expect(response.headers.get("x-evil")).toBeNull();
    const listed = await fetch(`${url}/v1/models/${encodeURIComponent(model)}`);
    expect(listed.status).toBe(404);
    expect(a.chats.length).toBe(before);
  });
});

describe("targets that are nearly a door's", () => {
  it("C63 a slash twice is one: base URLs end in one as often as not", async () => {
    const response = await fetch(`${url}//v1//models`);
    expect([response.status, await response.json()]).toMatchObject([200, { object: "list" }]);
  });

  it("C63 an absolute target that names this server is its path", async () => {
    const answer = await rawRequest(url, get(`${url}/v1/models`, CLOSE));
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('"object":"list"')]);
  });

  it("C63 an unknown route is told the doors there are", async () => {
    expect(await (await fetch(`${url}/v1/nothing`)).text()).toContain("POST /v1/chat/completions");
  });
});

describe("C66 C67 a page of an origin that is allowed", () => {
  const page = { origin: "https://app.example", "sec-fetch-site": "cross-site" };

  it("asks before it asks, and is told what it may send", async () => {
    const wanted = "authorization,content-type,x-stainless-lang";
    const response = await fetch(`${url}${CHAT}`, {
      method: "OPTIONS",
      headers: {
        ...page,
        "access-control-request-method": "POST",
        "access-control-request-headers": wanted,
      },
    });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    const told = Object.fromEntries(response.headers);
    expect(told).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": wanted,
      vary: "origin",
    });
    expect(told).not.toHaveProperty("access-control-allow-private-network");
  });

  it("reads answers, streams and errors, and what nexus says of them", async () => {
    const headers = { ...page, "content-type": "application/json" };
    for (const [body, status] of [
      [GOOD, 200],
      [GOOD.replace("{", '{"stream":true,'), 200],
      ["{", 400],
      [JSON.stringify({ model: "nobody", messages: [{ role: "user", content: "x" }] }), 404],
    ] as const) {
      const response = await fetch(`${url}${CHAT}`, { method: "POST", headers, body });
      await response.text();
      expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([
        status,
        "https://app.example",
      ]);
      expect(response.headers.get("vary")).toBe("origin");
      expect(response.headers.get("access-control-expose-headers")).toContain("x-nexus-backend,");
    }
    const models = await fetch(`${url}/v1/models`, { headers: page });
    expect(models.headers.get("access-control-allow-origin")).toBe("https://app.example");
  });

  it("an answer to who is no page has none of that", async () => {
    const response = await fetch(`${url}/health`);
    expect([...response.headers.keys()].filter((name) => /^access-control|vary/.test(name))).toEqual([]);
  });
});
