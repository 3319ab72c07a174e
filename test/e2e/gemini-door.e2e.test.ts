import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mock } from "../../src/mock/mock.ts";
import type { Step } from "../../src/mock/step.ts";
import { BACKENDS } from "../matrix/backends.ts";
import { backend } from "./support/backends.ts";
import { askGemini, objectsOf, saying } from "./support/gemini.ts";
import { rawConnection } from "./support/raw.ts";
import { type RunningServer, serve } from "./support/server.ts";
import { type Finished, workspace } from "./support/workspace.ts";

const KEY = "key-of-the-cloud";
const TOKEN = "let-me-in";
const HEADERS = { "x-goog-api-key": TOKEN };
const TOOLS = [{ functionDeclarations: [{ name: "get_weather", parameters: { type: "OBJECT" } }] }];

const CALLS = { text: "Let me see.", toolCalls: [{ name: "get_weather", arguments: '{"city":"Oslo"}' }] };

/** What each Google backend does, again and again; nothing: it answers. */
const GOOGLES: Readonly<Record<string, readonly Step[]>> = {
  google: [],
  down: ["503"],
  limited: ["429:retry-after=20"],
  caller: ["400:message=no such thing"],
  keyless: ["401"],
  cut: ["cut-stream"],
  error: ["error-in-stream-after"],
};

const cleans: (() => Promise<void>)[] = [];
const lasting: Finished = (clean) => void cleans.unshift(clean);
const mocks = new Map<string, Mock>();
let server: RunningServer;

beforeAll(async () => {
  const backends: Record<string, object> = {};
  const add = async (name: string, record: object, options: Parameters<typeof backend>[0]) => {
    const mock = await backend({ apiKey: KEY, ...options }, lasting);
    mocks.set(name, mock);
    backends[name] = { ...record, url: mock.url, api_key_env: "CLOUD_KEY", models: [`m-${name}`] };
  };
  for (const [name, steps] of Object.entries(GOOGLES))
    await add(name, { type: "google" }, { dialect: "gemini", ...(steps.length > 0 && { steps }) });
  for (const { dialect, record } of BACKENDS) await add(dialect, record, { dialect, answer: CALLS });
  const signed = { ...CALLS, reasoning: "Hm." };
  await add("thinking", { type: "anthropic" }, { dialect: "anthropic", answer: signed });
  const space = await workspace(lasting);
  await space.config({ backends, server: { access_token_env: "TOKEN" } });
  const member = (name: string) => ({ version: 1, type: "model", backend: name, model: `m-${name}` });
  for (const name of ["google", "down", "openai-chat"]) await space.profile(name, member(name));
  await space.profile("tuned", { ...member("google"), params: { temperature: 0.25, max_tokens: 77 } });
  const lb = { version: 1, type: "loadbalancer", policy: "failover" };
  await space.profile("lb", { ...lb, profiles: ["down", "openai-chat"] });
  server = await serve(space, [], { env: { CLOUD_KEY: KEY, TOKEN } }, lasting);
});

afterAll(async () => {
  for (const clean of cleans) await clean();
});

function mock(name: string): Mock {
  const found = mocks.get(name);
  if (found === undefined) throw new Error(`no backend ${name}`);
  return found;
}

const ask = (model: string, body: object | string, verb = "generateContent", headers: object = {}) =>
  askGemini(server, model, body, { verb, headers: { ...HEADERS, ...headers } });

async function refused(model: string, body: object | string, verb?: string) {
  const response = await ask(model, body, verb);
  const { error } = JSON.parse(await response.text());
  expect(error.code).toBe(response.status);
  return { status: response.status, headers: response.headers, error };
}

describe("to a backend that speaks Gemini", () => {
  it("every byte passes, both ways", async () => {
    const body = `{ "contents" : [{"parts":[{"text":"Hello?"}]}], "unheardOf": 12345678901234567890 }`;
    const response = await ask("m-google", body);
    const direct = await fetch(`${mock("google").url}/v1beta/models/m-google:generateContent`, {
      method: "POST",
      body,
      headers: { "x-goog-api-key": KEY },
    });
    const number = /"responseId":"mock-\d+"/;
    expect((await response.text()).replace(number, "")).toBe((await direct.text()).replace(number, ""));
    expect(mock("google").chats.at(-2)?.rawBody).toBe(body);
    expect(response.headers.get("x-nexus-backend")).toBe("google");
  });

  it.each(["streamGenerateContent?alt=sse", "streamGenerateContent"])("%s asks for events", async (verb) => {
    const response = await ask("m-google", saying("Hello?"), verb);
    const text = await response.text();
    const objects = verb.endsWith("sse") ? objectsOf(text) : JSON.parse(text);
    expect(objects.at(-1)).toMatchObject({ candidates: [{ finishReason: "STOP" }] });
    expect(response.headers.get("content-type")).toMatch(verb.endsWith("sse") ? "event-stream" : "json");
    expect(mock("google").chats.at(-1)?.path).toBe("/v1beta/models/m-google:streamGenerateContent?alt=sse");
  });

  it("a profile is a model, and its parameters stand where the client stated none", async () => {
    await ask("tuned", saying("Hello?", { generationConfig: { temperature: 1 } }));
    expect(mock("google").chats.at(-1)).toMatchObject({
      path: "/v1beta/models/m-google:generateContent",
      body: { generationConfig: { temperature: 1, maxOutputTokens: 77 } },
    });
  });

  it("C70 the access token stays here, be it in the address", async () => {
    const response = await askGemini(server, "m-google", saying("Hello?"), {
      verb: `generateContent?key=${TOKEN}`,
    });
    expect(response.status).toBe(200);
    const { headers, path } = mock("google").chats.at(-1) ?? {};
    expect(headers?.["x-goog-api-key"]).toBe(KEY);
    expect(path).not.toContain("key=");
    expect(JSON.stringify(mock("google").requests)).not.toContain(TOKEN);
    await server.until("stderr", /key=…/);
    expect(server.stderr()).not.toContain(TOKEN);
  });

  it("what only Google can do goes there", async () => {
    const body = saying("Hello?", { tools: [{ googleSearch: {} }], cachedContent: "cachedContents/x" });
    expect((await ask("m-google", body)).status).toBe(200);
    expect(await refused("m-openai-chat", body)).toMatchObject({
      status: 422,
      error: { message: expect.stringContaining("googleSearch") },
    });
  });
});

it("C70 in the address of another door it is no credential", async () => {
  const response = await fetch(`${server.url}/v1/models?key=${TOKEN}`);
  expect(response.status).toBe(401);
  await server.until("stderr", /"path":"\/v1\/models\?key=…"/);
});

it("a wrong access token is told in Gemini's words", async () => {
  const response = await askGemini(server, "m-google", saying("hi"), { headers: { "x-goog-api-key": "no" } });
  expect(response.status).toBe(401);
  expect(JSON.parse(await response.text())).toMatchObject({
    error: { code: 401, status: "UNAUTHENTICATED" },
  });
});

describe.each(BACKENDS)("X-05 to a backend that speaks $dialect", ({ dialect }) => {
  const model = `m-${dialect}`;

  it.each(["generateContent", "streamGenerateContent?alt=sse", "streamGenerateContent"])(
    "%s: a call, and its result",
    async (verb) => {
      const question = saying("Weather in Oslo?", {
        tools: TOOLS,
        systemInstruction: { parts: [{ text: "brief" }] },
      });
      const response = await ask(model, question, verb);
      expect(response.status).toBe(200);
      const text = await response.text();
      const objects = verb.endsWith("sse") ? objectsOf(text) : [JSON.parse(text)].flat();
      const parts = objects.flatMap((one) => one.candidates[0].content?.parts ?? []);
      expect(parts.map((part) => part.text ?? "").join("")).toBe("Let me see.");
      const calls = parts.filter((part) => part.functionCall !== undefined);
      expect(calls).toMatchObject([{ functionCall: { name: "get_weather", args: { city: "Oslo" } } }]);
      expect(objects.at(-1).candidates[0].finishReason).toBe("STOP");
      expect(objects.at(-1).usageMetadata.totalTokenCount).toBeGreaterThan(0);

      const contents = [
        { role: "user", parts: [{ text: "Weather in Oslo?" }] },
        { role: "model", parts },
        { role: "user", parts: [{ functionResponse: { name: "get_weather", response: { degrees: 7 } } }] },
      ];
      expect((await ask(model, { contents, tools: TOOLS }, verb)).status).toBe(200);
      const sent = mock(dialect).chats.at(-1)?.rawBody ?? "";
      expect(sent).toContain("degrees");
      expect(sent).not.toContain(dialect === "gemini" ? "no result" : "thoughtSignature");
    },
  );
});

it("what Anthropic signed of its reasoning comes back to it through a client of Gemini, and never to Google", async () => {
  const thinking = { thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 } };
  const question = saying("Weather in Oslo?", { tools: TOOLS, generationConfig: thinking });
  const response = await ask("m-thinking", question, "streamGenerateContent?alt=sse");
  const parts = objectsOf(await response.text()).flatMap((one) => one.candidates[0].content.parts);
  expect(parts).toContainEqual({ text: "Hm.", thought: true });
  const contents = [
    { role: "user", parts: [{ text: "Weather in Oslo?" }] },
    // As clients do that send no thoughts back.
    { role: "model", parts: parts.filter(({ thought }) => thought !== true) },
    { role: "user", parts: [{ functionResponse: { name: "get_weather", response: { degrees: 7 } } }] },
  ];
  const next = { contents, tools: TOOLS, generationConfig: thinking };
  expect((await ask("m-thinking", next)).status).toBe(200);
  const sent = mock("thinking").chats.at(-1)?.rawBody;
  expect(sent).toMatch(/"thinking":"Hm\.","signature":"[^"]+"/);
  expect((await ask("m-google", next)).status).toBe(200);
  expect(mock("google").chats.at(-1)?.rawBody).not.toMatch(/bmV4dXM6|Hm\./);
});

it("another dialect answers where the first member is down, and says so", async () => {
  const response = await ask("lb", saying("Hello?", { safetySettings: [{ threshold: "BLOCK_NONE" }] }));
  expect(response.status).toBe(200);
  expect(response.headers.get("x-nexus-chain")).toMatch(/^down: failed \(503 .*-> openai-chat: success$/);
  expect(response.headers.get("x-nexus-dropped")).toBe("safetySettings");
  expect(JSON.parse(await response.text())).toMatchObject({ modelVersion: "m-openai-chat" });
});

describe("an error has Gemini's shape and a status that says why", () => {
  it.each([
    ["m-down", 503, "UNAVAILABLE", "fallback_chain_exhausted"],
    ["m-limited", 429, "RESOURCE_EXHAUSTED", "rate_limit_exceeded"],
    ["m-keyless", 502, "UNAVAILABLE", "upstream_auth"],
    ["nobody", 404, "NOT_FOUND", "model_not_found"],
  ])("%s: %i %s %s", async (model, status, word, reason) => {
    for (const verb of ["generateContent", "streamGenerateContent?alt=sse"]) {
      const told = await refused(model, saying("Hello?"), verb);
      expect(told).toMatchObject({ status, error: { status: word } });
      expect(told.error.details[0]).toMatchObject({ reason });
      expect(told.headers.get("x-nexus-request-id")).toMatch(/^req_/);
    }
  });

  it("C35 what can be done about it stands in its context", async () => {
    const { error } = await refused("m-down", saying("Hello?"));
    expect(error.context).toMatchObject({ available_backends: [{ name: "down" }] });
  });

  it("a wait is told where clients look for it", async () => {
    const { error, headers } = await refused("m-limited", saying("Hello?"));
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(error.details[1].retryDelay).toMatch(/^\d+s$/);
  });

  it("a mistake of the caller's keeps its status and message", async () => {
    expect(await refused("m-caller", saying("Hello?"))).toMatchObject({
      status: 400,
      error: { message: "no such thing" },
    });
  });
});

describe("what makes no sense is sent back, and nothing is sent on", () => {
  it.each([
    ["C1 no JSON", '{"contents":', 400, "invalid_json"],
    ["C6 a list", "[]", 400, "invalid_request"],
    ["C22 a key twice", '{"contents":[],"contents":[]}', 400, "duplicate_key"],
    ["C11 too deep", `{"contents":${"[".repeat(300)}${"]".repeat(300)}}`, 400, "too_deep"],
    ["C23 a number too large", '{"contents":[{"parts":[{"text":"hi"}]}],"x":1e400}', 400, "invalid_request"],
    ["C36 nothing said", "{}", 400, "invalid_request"],
  ])("%s", async (_, body, status, reason) => {
    const before = mock("google").requests.length;
    expect(await refused("m-google", body)).toMatchObject({ status, error: { details: [{ reason }] } });
    expect(mock("google").requests).toHaveLength(before);
  });

  it.each([
    ["C29 a method that there is not", "POST", "/v1beta/models/m-google:predict", 404],
    ["C63 a path that there is not", "POST", "/v1beta/nothing", 404],
    ["C64 another verb", "DELETE", "/v1beta/models/m-google:generateContent", 405],
    ["C29 colons and slashes", "POST", "/v1beta/models/a%2Fb:c:generateContent", 404],
  ])("%s", async (_, method, path, status) => {
    const body = method === "POST" ? { body: JSON.stringify(saying("hi")) } : {};
    const response = await fetch(server.url + path, { method, headers: HEADERS, ...body });
    expect(response.status).toBe(status);
    expect(JSON.parse(await response.text()).error.code).toBe(status);
  });
});

describe("2.1 a stream that breaks off", () => {
  const SSE = "streamGenerateContent?alt=sse";
  it.each([
    ["m-cut", SSE],
    ["m-error", SSE],
    ["m-cut", "streamGenerateContent"],
  ])("%s at %s ends in an error object, and is cut", async (model, verb) => {
    const body = JSON.stringify(saying("Hello?"));
    const { host } = new URL(server.url);
    const raw = await rawConnection(
      server.url,
      `POST /v1beta/models/${model}:${verb} HTTP/1.1\r\nHost: ${host}\r\nx-goog-api-key: ${TOKEN}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const text = await raw.closed;
    expect(text).toContain('"candidates"');
    expect(text).toMatch(/\{"error":\{"code":503,"message":"[^"]+","status":"UNAVAILABLE"/);
    expect(text).not.toContain("finishReason");
    expect(text).not.toMatch(/\]\s*\r\n0\r\n\r\n$|\r\n0\r\n\r\n$/);
  });
});

describe("beside answers", () => {
  it("counts tokens of a prompt, or of a whole request", async () => {
    const { contents } = JSON.parse(JSON.stringify(saying("hello there")));
    for (const body of [{ contents }, { generateContentRequest: { model: "models/m-google", contents } }]) {
      const response = await ask("m-google", body, "countTokens");
      expect(JSON.parse(await response.text()).totalTokens).toBeGreaterThan(1);
    }
    expect((await refused("nobody", { contents }, "countTokens")).status).toBe(404);
  });

  it("vectors come from backends of every language that has them, and what they are for is told as left out", async () => {
    const content = { parts: [{ text: "a" }] };
    for (const model of ["m-openai-chat", "m-ollama"]) {
      const one = await ask(model, { content, taskType: "RETRIEVAL_QUERY" }, "embedContent");
      expect(JSON.parse(await one.text())).toEqual({ embedding: { values: [0, 0.5, -0.25] } });
      expect(one.headers.get("x-nexus-dropped")).toBe("taskType");
      const two = await ask(model, { requests: [{ content }, { content }] }, "batchEmbedContents");
      expect(JSON.parse(await two.text())).toEqual({
        embeddings: [{ values: [0, 0.5, -0.25] }, { values: [1, 0.5, -0.25] }],
      });
    }
    expect((await refused("m-anthropic", { content }, "embedContent")).status).toBe(503);
  });

  it("lists what can be asked for, profiles too", async () => {
    const response = await fetch(`${server.url}/v1beta/models?pageSize=50`, { headers: HEADERS });
    const list = JSON.parse(await response.text());
    const names = list.models.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["models/lb", "models/m-google"]));
    const one = await fetch(`${server.url}/v1beta/models/lb`, { headers: HEADERS });
    expect(JSON.parse(await one.text())).toMatchObject({
      name: "models/lb",
      supportedGenerationMethods: expect.arrayContaining(["generateContent", "embedContent"]),
    });
    const none = await fetch(`${server.url}/v1beta/models/nobody`, { headers: HEADERS });
    expect(none.status).toBe(404);
    expect(JSON.parse(await none.text())).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } });
  });
});
