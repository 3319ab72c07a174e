import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterEach, expect, it } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { type OpenedWorld, openTestWorld } from "../support/open-world.ts";

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Answers everything with one recorded body, and remembers what it was asked. */
async function google(recording: string, status = 200) {
  const asked: { url: string | undefined; key: unknown; body: unknown }[] = [];
  const body = readFileSync(new URL(`../fixtures/gemini/${recording}.response.txt`, import.meta.url));
  const server = createServer(async (request, response) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of request) pieces.push(piece);
    const { url, headers } = request;
    asked.push({ url, key: headers["x-goog-api-key"], body: JSON.parse(Buffer.concat(pieces).toString()) });
    response.writeHead(status, { "content-type": "text/event-stream" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { asked, url: `http://127.0.0.1:${address.port}/v1beta` };
}

async function open(urls: readonly string[]): Promise<OpenedWorld> {
  const names = urls.map((_, index) => `g${index}`);
  const record = { type: "google", api_key_env: "KEY", models: ["gemini-2.5-flash"] };
  const world = await openTestWorld({
    config: { backends: Object.fromEntries(urls.map((url, index) => [`g${index}`, { ...record, url }])) },
    profiles: {
      ...Object.fromEntries(
        names.map((name) => [name, { type: "model", backend: name, model: "gemini-2.5-flash" }]),
      ),
      lb: { type: "loadbalancer", policy: "failover", profiles: names },
    },
    env: { KEY: "key-of-a-test" },
  });
  ends.push(() => world.remove());
  return world;
}

it("A001-22 A001-23 a chat with Google in its own language, after one that is rate limited", async () => {
  const [busy, free] = [await google("error-429", 429), await google("text-stream")];
  const world = await open([busy.url, free.url]);
  const outcome = await world.chat("lb");
  expect(outcome).toMatchObject({ chainLog: ["g0: rate limited", "g1: success"] });
  expect(JSON.stringify(outcome.events)).toContain("héllo 世界 😀");
  expect(free.asked).toMatchObject([
    {
      url: "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
      key: "key-of-a-test",
      body: { contents: [{ role: "user" }] },
    },
  ]);
});

it.each([true, false])("A001-23 a scripted Google, streamed: %s", async (stream) => {
  const usage = { input: 10, output: 7, cached: 4, reasoning: 2 };
  const toolCalls = [{ name: "weather", arguments: '{"city":"Oslo"}' }];
  const answer = { text: "Fine.", reasoning: "Hm.", toolCalls, usage };
  const mock = await startMock({ dialect: "gemini", apiKey: "key-of-a-test", steps: ["503", answer] });
  ends.push(() => mock.close());
  const world = await open([mock.url, mock.url]);
  const request = {
    messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    tools: [],
    params: { stream },
  } as const;
  const outcome = await world.chat("lb", { request });
  expect(outcome).toMatchObject({
    chainLog: ["g0: failed (503 The server is currently overloaded with other requests.)", "g1: success"],
  });
  expect(JSON.stringify(outcome.events)).toMatch(/Hm\..*Fine\..*Oslo/);
  expect(outcome.attempts.at(-1)).toMatchObject({
    usage: { input: 6, cacheRead: 4, output: 5, reasoning: 2 },
  });
});
