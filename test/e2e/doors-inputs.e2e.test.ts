import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isObject } from "../../src/core/json.ts";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const LIMIT = 65_536;
const HI = [{ role: "user", content: "Hello?" }];

/** The doors beside OpenAI chat's: how each is asked, by the text of its body, and how its errors look. */
const DOORS = [
  {
    client: "OpenAI Responses",
    path: () => "/v1/responses",
    good: (model: string) => ({ model, input: "Hello?" }),
    list: "input",
    limit: "max_output_tokens",
    error: (body: Record<string, unknown>) => isObject(body["error"]) && body["error"]["message"],
  },
  {
    client: "Anthropic",
    path: () => "/v1/messages",
    good: (model: string) => ({ model, max_tokens: 9, messages: HI }),
    list: "messages",
    limit: "max_tokens",
    error: (body: Record<string, unknown>) =>
      body["type"] === "error" &&
      isObject(body["error"]) &&
      body["error"]["type"] &&
      body["error"]["message"],
  },
  {
    client: "Gemini",
    path: (model: string) => `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
    good: () => ({ contents: [{ role: "user", parts: [{ text: "Hello?" }] }] }),
    list: "contents",
    limit: "generationConfig",
    error: (body: Record<string, unknown>) =>
      isObject(body["error"]) &&
      typeof body["error"]["code"] === "number" &&
      body["error"]["status"] &&
      body["error"]["message"],
  },
  {
    client: "Ollama",
    path: () => "/api/chat",
    good: (model: string) => ({ model, messages: HI, stream: false }),
    list: "messages",
    limit: "options",
    error: (body: Record<string, unknown>) => body["error"],
  },
] as const;

let mock: Mock;
let server: RunningServer;
const finish: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const finished = (work: () => Promise<void>) => void finish.push(work);
  mock = await backend({ answer: "Fine." }, finished);
  const space = await failoverWorkspace({ a: mock }, {}, finished);
  await space.config({
    backends: { a: { type: "generic", url: mock.url } },
    server: { max_body_bytes: LIMIT },
  });
  server = await serve(space, [], {}, finished);
});

afterAll(async () => {
  for (const work of finish.toReversed()) await work();
});

describe.each(DOORS)("bad input at the door of $client", ({ client, path, good, list, limit, error }) => {
  const text = JSON.stringify(good("a"));
  const wrongly = (fields: object) => JSON.stringify({ ...good("a"), ...fields });

  /** Sends these bytes, and tells the status and, of an error, that it is one in the door's words. Nothing may have gone on. */
  async function refused(body: string | Uint8Array, headers: Record<string, string> = {}, model = "a") {
    const before = mock.chats.length;
    const response = await fetch(server.url + path(model), { method: "POST", body, headers });
    const said: unknown = JSON.parse(await response.text());
    expect(isObject(said) && error(said)).toEqual(expect.stringMatching(/\S/));
    expect(mock.chats.length).toBe(before);
    expect(response.headers.get("x-nexus-request-id")).toMatch(/^req_/);
    return response.status;
  }

  it.each([
    ["C1 broken JSON", () => text.slice(0, -1)],
    ["C2 nothing", () => ""],
    ["C6 JSON that is no object", () => "[1]"],
    ["C8 two documents", () => `${text}${text}`],
    ["C9 bytes that are no UTF-8", () => new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    [
      "C11 JSON of a depth that breaks others",
      () => wrongly({ [list]: "§" }).replace('"§"', "[".repeat(5_000)),
    ],
    ["C22 a key that stands twice", () => text.replace("{", `{"${list}":[],`)],
    ["C37 a conversation that is none", () => wrongly({ [list]: 7 })],
    ["C38 a turn that is none", () => wrongly({ [list]: [7] })],
    ["C33 a limit that is none", () => wrongly({ [limit]: "many" })],
    ["C40 tools that are none", () => wrongly({ tools: "all of them" })],
  ])("%s: 400 in its words, and nothing goes on", async (_, body) => {
    expect(await refused(body())).toBe(400);
  });

  // Ollama's clients load a model by a conversation that has nothing in it.
  const EMPTY =
    client === "Ollama"
      ? []
      : ([
          ["C36 no conversation at all", () => wrongly({ [list]: undefined })],
          ["C36 an empty conversation", () => wrongly({ [list]: [] })],
        ] as const);
  it.each(EMPTY)("%s: 400 in its words, and nothing goes on", async (_, body) => {
    expect(await refused(body())).toBe(400);
  });

  it("C7 a byte order mark is no mistake", async () => {
    const response = await fetch(server.url + path("a"), { method: "POST", body: `\ufeff${text}` });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("Fine.")]);
  });

  it("C13 a body beyond the limit: 413", async () => {
    expect(await refused(wrongly({ padding: "x".repeat(LIMIT) }))).toBe(413);
  });

  it("C17 a compressed body: 415", async () => {
    expect(await refused(text, { "content-encoding": "gzip" })).toBe(415);
  });

  it.each(["nobody", "../../etc/passwd", "__proto__", "constructor", "モデル", "a\u0000"])(
    "C21 C27 C28 a model called %j: 404 that lists what there is",
    async (model) => {
      expect(await refused(JSON.stringify(good(model)), {}, model)).toBe(404);
    },
  );

  it("C18 keys that could change every object change none", async () => {
    const body = text.replace("{", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},');
    const response = await fetch(server.url + path("a"), { method: "POST", body });
    expect(response.status).toBe(200);
  });

  it("C64 a wrong method: 405 with what is allowed", async () => {
    const response = await fetch(server.url + path("a"), { method: "PUT", body: text });
    expect([response.status, response.headers.get("allow")]).toEqual([405, expect.stringContaining("POST")]);
  });

  it("C66 C67 a page of somebody else: 403", async () => {
    expect(await refused(text, { origin: "https://evil.example" })).toBe(403);
  });
});
