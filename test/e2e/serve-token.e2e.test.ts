import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Mock, startMock } from "../../src/mock/mock.ts";
import { rawRequest } from "./support/raw.ts";
import { type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const TOKEN = "let-me-in";
const cleaning: (() => unknown)[] = [];
let a: Mock;
let server: RunningServer;
let host = "";

// One server for all: up to the last test, fewer wrong tokens come than are too many.
beforeAll(async () => {
  a = await startMock({ answer: "Fine." });
  const finished = (clean: () => unknown) => void cleaning.unshift(clean);
  const space = await failoverWorkspace({ a }, {}, finished);
  await space.config({
    backends: { a: { type: "generic", url: a.url } },
    server: { allowed_origins: ["https://app.example"] },
  });
  server = await serve(space, ["--token-env", "MY_TOKEN"], { env: { MY_TOKEN: TOKEN } }, finished);
  host = `Host: ${new URL(server.url).host}`;
});

afterAll(async () => {
  for (const clean of cleaning) await clean();
  await a.close();
});

const get = (...lines: string[]) => ["GET /v1/models HTTP/1.1", host, "Connection: close", ...lines];

describe("C69 with an access token", () => {
  it.each([
    ["none", () => get()],
    ["a wrong one that waits for a word before its body", () => waiting("Authorization: Bearer wrong")],
    ["Basic", () => get(`Authorization: Basic ${TOKEN}`)],
    [
      "the right one and another line",
      () => get(`Authorization: Bearer ${TOKEN}`, "Authorization: Bearer x"),
    ],
    ["one of 15 KB", () => get(`Authorization: Bearer ${"x".repeat(15_000)}`)],
  ])("%s: 401, and how to do better", async (_what, lines) => {
    const answer = await rawRequest(server.url, lines());
    expect([answer.status, answer.text.match(/HTTP\/1\.1 /g)]).toEqual([401, ["HTTP/1.1 "]]);
    expect(answer.head).toContain("\r\nwww-authenticate: bearer\r\n");
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: "invalid_access_token" } });
  });

  it("one of 1 MB is too large for a header", async () => {
    const answer = await rawRequest(server.url, get(`Authorization: Bearer ${"x".repeat(1_000_000)}`));
    expect(answer.status).toBe(431);
  });

  it.each([`authorization: Bearer ${TOKEN}`, `Authorization: bearer ${TOKEN}  `, `x-api-key: ${TOKEN}`])(
    "%s: let in, and the backend never sees it",
    async (line) => {
      expect((await rawRequest(server.url, get(line))).status).toBe(200);
      expect(JSON.stringify(a.requests)).not.toContain(TOKEN);
    },
  );

  it("C66 a browser that asks before it asks sends none", async () => {
    const { status } = await rawRequest(server.url, [
      "OPTIONS /v1/chat/completions HTTP/1.1",
      host,
      "Connection: close",
      "Origin: https://app.example",
      "Access-Control-Request-Method: POST",
    ]);
    expect(status).toBe(204);
  });

  // Has to be the last one.
  it("guessing: 429 after five, and never for who has it", async () => {
    const ask = async (token: string) =>
      fetch(`${server.url}/v1/models`, { headers: { "x-api-key": token } });
    const guesses: number[] = [];
    for (let n = 0; n < 6; n++) guesses.push((await ask(`guess-${n}`)).status);
    expect(guesses.at(-1)).toBe(429);
    const refused = await ask("guess");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await ask(TOKEN)).status).toBe(200);
    await server.until("stderr", /"path":"\/v1\/models","status":200/);
    expect(server.stderr()).not.toContain(TOKEN);
  });
});

function waiting(line: string): readonly string[] {
  return [
    "POST /v1/chat/completions HTTP/1.1",
    host,
    "Expect: 100-continue",
    "Content-Length: 2",
    line,
    "Connection: close",
  ];
}
