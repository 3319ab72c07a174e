import { Agent } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type Mock, type MockOptions, startMock } from "../../src/mock/mock.ts";
import { ask, get, open } from "./client.ts";

const running: Mock[] = [];

async function mockWith(options: MockOptions = {}): Promise<Mock> {
  const mock = await startMock(options);
  running.push(mock);
  return mock;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((mock) => mock.close()));
});

describe("a good answer", () => {
  it("names the model and repeats the prompt", async () => {
    const mock = await mockWith();
    const { status, text } = await ask(mock, { model: "llama3.2", prompt: "what is\n  up?" });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      object: "chat.completion",
      model: "llama3.2",
      choices: [
        {
          message: {
            role: "assistant",
            content: "Hello, this is llama3.2, a mock. You said: what is up?",
          },
          finish_reason: "stop",
        },
      ],
      usage: { total_tokens: expect.any(Number) },
    });
  });

  it("streams a role, the words, a stop reason, usage when asked for, and [DONE]", async () => {
    const mock = await mockWith({ answer: "one two three" });
    const { text, headers } = await ask(mock, {
      stream: true,
      body: { stream_options: { include_usage: true } },
    });
    expect(headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(messages(text)).toMatchObject([
      { choices: [{ delta: { role: "assistant", content: "" } }] },
      { choices: [{ delta: { content: "one " } }] },
      { choices: [{ delta: { content: "two " } }] },
      { choices: [{ delta: { content: "three" } }] },
      { choices: [{ delta: {}, finish_reason: "stop" }] },
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 4, total_tokens: 5 } },
    ]);
  });

  it("leaves usage out of a stream that did not ask for it", async () => {
    const mock = await mockWith();
    expect((await ask(mock, { stream: true })).text).not.toContain("usage");
  });

  it("makes tool calls, whole in a body and in pieces in a stream", async () => {
    const mock = await mockWith({
      answer: { toolCalls: [{ name: "weather", arguments: '{"city":"Bern"}' }] },
    });
    expect(JSON.parse((await ask(mock)).text).choices[0]).toMatchObject({
      message: {
        content: null,
        tool_calls: [{ id: "call_1", function: { name: "weather", arguments: '{"city":"Bern"}' } }],
      },
      finish_reason: "tool_calls",
    });
    const calls = messages((await ask(mock, { stream: true })).text).flatMap(
      (message) => message.choices[0]?.delta.tool_calls ?? [],
    );
    expect(calls[0]).toMatchObject({ index: 0, id: "call_1", function: { name: "weather" } });
    expect(calls.map((call) => call.function.arguments).join("")).toBe('{"city":"Bern"}');
  });

  it("carries reasoning, refusals and a model of its own choosing", async () => {
    const mock = await mockWith({ answer: { reasoning: "hmm", refusal: "no", model: "other" } });
    expect(JSON.parse((await ask(mock)).text)).toMatchObject({
      model: "other",
      choices: [{ message: { reasoning_content: "hmm", refusal: "no" } }],
    });
  });

  it("sends the pieces one by one when a test holds the tap", async () => {
    let release = () => {};
    const tap = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* pieces() {
      yield "first";
      await tap;
      yield " second";
    }
    const mock = await mockWith({ steps: [{ pieces: pieces() }] });
    const going = open(mock, { stream: true });
    await going.until(/first/);
    release();
    expect((await going.seen).text).toContain(" second");
  });

  it("streams ten megabytes whole", async () => {
    const text = "é🙂 word ".repeat(900_000);
    const mock = await mockWith({ answer: text });
    const streamed = messages((await ask(mock, { stream: true })).text);
    expect(streamed.map((message) => message.choices[0]?.delta.content ?? "").join("") === text).toBe(true);
  });
});

describe("what it was asked", () => {
  it("is recorded: method, path, headers, body, how it ended", async () => {
    const mock = await mockWith({ clock: { now: () => 77, after: () => () => {} } });
    await ask(mock, { headers: { "x-test": "1" }, prompt: "hello" });
    expect(mock.requests).toEqual([await mock.ended()]);
    expect(mock.requests[0]).toMatchObject({
      method: "POST",
      path: "/v1/chat/completions",
      headers: { "x-test": "1" },
      body: { messages: [{ content: "hello" }] },
      kind: "chat",
      step: "ok",
      status: 200,
      aborted: false,
      atMs: 77,
    });
  });

  it("can be waited for, request by request", async () => {
    const mock = await mockWith();
    const second = mock.nextRequest().then(() => mock.nextRequest());
    await ask(mock, { prompt: "a" });
    await ask(mock, { prompt: "b" });
    expect((await second).rawBody).toContain('"b"');
  });

  it("tells a client that went away from an answer the server cut", async () => {
    const mock = await mockWith({ steps: ["cut-stream", "timeout"] });
    await ask(mock, { stream: true });
    const gone = open(mock);
    await mock.nextRequest();
    await mock.nextRequest();
    gone.abort();
    expect((await mock.aborted()).step).toBe("timeout");
    expect(mock.chats.map(({ aborted }) => aborted)).toEqual([false, true]);
  });
});

describe("steps", () => {
  it("follow one another, and the last one repeats", async () => {
    const mock = await mockWith({ steps: ["503", { fault: "429", "retry-after": 2 }, { text: "fine" }] });
    const statuses = [];
    for (let request = 0; request < 4; request++) statuses.push((await ask(mock)).status);
    expect(statuses).toEqual([503, 429, 200, 200]);
  });

  it("may be anything a test writes", async () => {
    const mock = await mockWith({ steps: [({ response }) => void response.writeHead(418).end("short")] });
    expect(await ask(mock)).toMatchObject({ status: 418, text: "short" });
  });

  it.each([
    ["50x", /no fault is called "50x".*500/],
    ["cut-stream:aftr=1", /no parameter "aftr" \(did you mean after\?\)/],
    ["cut-stream:after=soon", /after must be a whole number/],
    ["pings-only:every=often", /every must be a duration/],
    ["429:now", /"now" is no parameter/],
    ["error-in-200:error=nope", /no error answer "nope"/],
  ])("refuse %s", async (step, message) => {
    await expect(startMock({ steps: [step] })).rejects.toThrow(message);
  });
});

describe("beside chats", () => {
  it("lists its models, with what else is known of them", async () => {
    const mock = await mockWith({ models: ["a", { id: "b", max_model_len: 4096 }] });
    expect(JSON.parse((await get(mock, "/v1/models")).text).data).toMatchObject([
      { id: "a", object: "model" },
      { id: "b", max_model_len: 4096 },
    ]);
  });

  it("answers 404 for a model it was not given, and spends no step on it", async () => {
    const mock = await mockWith({ models: ["a"], steps: ["503", "ok"] });
    expect(JSON.parse((await ask(mock, { model: "b" })).text).error.code).toBe("model_not_found");
    expect((await ask(mock, { model: "a" })).status).toBe(503);
  });

  it("wants the key it was given, everywhere but on /health", async () => {
    const mock = await mockWith({ apiKey: "made-up", steps: ["503"] });
    expect((await ask(mock)).status).toBe(401);
    expect((await get(mock, "/v1/models", { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await get(mock, "/health")).status).toBe(200);
    expect((await ask(mock, { headers: { authorization: "Bearer made-up" } })).status).toBe(503);
  });

  it("answers the pages it was given, and 404 elsewhere", async () => {
    const mock = await mockWith({ pages: { "/api/version": { version: "0.5" } } });
    expect((await get(mock, "/api/version")).text).toBe('{"version":"0.5"}');
    expect((await get(mock, "/api/tags")).status).toBe(404);
  });

  it("fails to list models as told", async () => {
    const mock = await mockWith({ modelsSteps: ["html", "ok"] });
    expect((await get(mock, "/v1/models")).headers["content-type"]).toMatch("text/html");
    expect((await get(mock, "/v1/models")).text).toContain("mock-model");
  });

  it("answers 400 for what is no chat request", async () => {
    const mock = await mockWith();
    expect((await ask(mock, { body: { messages: [] } })).status).toBe(400);
  });
});

describe("time", () => {
  it("passes by the clock it was given: latency first, then a pause between pieces", async () => {
    const pauses: number[] = [];
    const clock = {
      now: () => 0,
      after(ms: number, fn: () => void) {
        pauses.push(ms);
        queueMicrotask(fn);
        return () => {};
      },
    };
    const mock = await mockWith({ clock, answer: "a b c", latencyMs: 700, chunkDelayMs: 30 });
    await ask(mock, { stream: true });
    expect(pauses).toEqual([700, 30, 30]);
  });
});

it("closes at once, whatever is still going on", async () => {
  const mock = await startMock({ steps: ["timeout"] });
  const going = open(mock, { agent: new Agent({ keepAlive: true }) });
  await mock.nextRequest();
  await mock.close();
  expect((await going.seen).end).toBe("ECONNRESET");
  expect(mock.chats[0]?.aborted).toBe(false);
});

interface Chunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string;
      readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[];
    };
  }[];
}

function messages(stream: string): readonly Chunk[] {
  return stream
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice("data: ".length)));
}
