import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Mock, MockOptions } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const TEXT = "pong: héllo 世界 😀";
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const TOOLS = [
  {
    type: "function" as const,
    function: {
      name: "get_weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];

const OSLO = { id: "call_a", name: "get_weather", arguments: '{"city":"Oslo"}' };
const ROME = { id: "call_b", name: "get_weather", arguments: '{"city":"Rome"}' };

/** OpenAI's own client in front of a server whose profile `a` leads to one backend. */
async function clientOf(options: MockOptions = {}): Promise<{ client: OpenAI; a: Mock }> {
  const a = await backend({ answer: TEXT, ...options });
  const server = await serve(await failoverWorkspace({ a }));
  return {
    client: new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "sk-of-the-client", maxRetries: 0 }),
    a,
  };
}

function say(text: string): { model: string; messages: { role: "user"; content: string }[] } {
  return { model: "a", messages: [{ role: "user", content: text }] };
}

describe("OpenAI's own client against nexus serve", () => {
  it("gets an answer, and never sends its key on", async () => {
    const { client, a } = await clientOf();
    const answer = await client.chat.completions.create({ ...say("Ping"), max_tokens: 64 });
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: "m-a",
      choices: [{ message: { role: "assistant", content: TEXT }, finish_reason: "stop" }],
    });
    expect(a.chats[0]?.headers).not.toHaveProperty("authorization");
  });

  it("reads a stream: one id, the role first, the text whole, an end with a reason", async () => {
    const { client } = await clientOf();
    const chunks = await all(await client.chat.completions.create({ ...say("Ping"), stream: true }));
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(TEXT);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });

  it("gets the usage of a stream when it asks for it, and only then", async () => {
    const { client } = await clientOf({ answer: { text: TEXT, usage: { input: 11, output: 7 } } });
    const asked = { ...say("Ping"), stream: true } as const;
    const plain = await all(await client.chat.completions.create(asked));
    expect(plain.every(({ usage, choices }) => !usage && choices.length === 1)).toBe(true);
    const told = await all(
      await client.chat.completions.create({ ...asked, stream_options: { include_usage: true } }),
    );
    expect(told.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    });
  });

  it("calls a tool and brings the result back", async () => {
    const { client, a } = await clientOf({ steps: [{ toolCalls: [OSLO] }, { text: "7 degrees" }] });
    const asked = say("The weather in Oslo?");
    const first = (await client.chat.completions.create({ ...asked, tools: TOOLS })).choices[0];
    expect(first).toMatchObject({
      finish_reason: "tool_calls",
      message: { tool_calls: [{ id: "call_a", type: "function", function: { name: "get_weather" } }] },
    });
    if (first === undefined) throw new TypeError("no choice");
    const result = { role: "tool" as const, tool_call_id: "call_a", content: '{"c":7}' };
    const messages = [...asked.messages, first.message, result];
    const second = await client.chat.completions.create({ model: "a", messages, tools: TOOLS });
    expect(second.choices[0]?.message.content).toBe("7 degrees");
    expect(a.chats[1]?.body).toMatchObject({ messages: [{}, { role: "assistant" }, result] });
  });

  it("runs tools by itself", async () => {
    const { client } = await clientOf({ steps: [{ toolCalls: [OSLO] }, { text: "7 degrees" }] });
    const cities: unknown[] = [];
    const runner = client.chat.completions.runTools({
      ...say("The weather in Oslo?"),
      tools: [
        {
          type: "function",
          function: {
            name: "get_weather",
            description: "of a city",
            parameters: { type: "object", properties: { city: { type: "string" } } },
            parse: JSON.parse,
            function: (given: unknown) => {
              cities.push(given);
              return "7";
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe("7 degrees");
    expect(cities).toEqual([{ city: "Oslo" }]);
  });

  it("puts parallel tool calls of a stream together", async () => {
    const { client } = await clientOf({ answer: { text: "Both.", toolCalls: [OSLO, ROME] } });
    const stream = client.chat.completions.stream({ ...say("Oslo and Rome?"), tools: TOOLS });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: "Both.",
        tool_calls: [
          { id: "call_a", function: { arguments: '{"city":"Oslo"}' } },
          { id: "call_b", function: { arguments: '{"city":"Rome"}' } },
        ],
      },
    });
  });

  it("parses an answer of a JSON schema, which the backend is sent", async () => {
    const { client, a } = await clientOf({ answer: '{"name":"Ada","age":36}' });
    const person = z.object({ name: z.string(), age: z.number() });
    const answer = await client.chat.completions.parse({
      ...say("Who?"),
      response_format: zodResponseFormat(person, "person"),
    });
    expect(answer.choices[0]?.message.parsed).toEqual({ name: "Ada", age: 36 });
    expect(a.chats[0]?.body).toMatchObject({
      response_format: { type: "json_schema", json_schema: { name: "person", strict: true } },
    });
  });

  it("sends images, the developer's role and every option", async () => {
    const { client, a } = await clientOf();
    const image = { type: "image_url" as const, image_url: { url: PIXEL } };
    const request = {
      messages: [
        { role: "developer" as const, content: "Be brief." },
        { role: "user" as const, content: [{ type: "text" as const, text: "What is it?" }, image] },
      ],
      temperature: 0,
      top_p: 1,
      seed: 7,
      stop: ["ZZZ"],
      user: "u1",
      max_completion_tokens: 32,
    };
    await client.chat.completions.create({ model: "a", ...request });
    expect(a.chats[0]?.body).toEqual({ model: "m-a", ...request });
  });

  it("sees reasoning", async () => {
    const { client } = await clientOf({ answer: { text: "4", reasoning: "Two plus two." } });
    const answer = await client.chat.completions.create(say("2 + 2?"));
    expect(answer.choices[0]?.message).toMatchObject({ content: "4", reasoning_content: "Two plus two." });
  });

  it("stops reading in the middle of a stream: the backend is let go, and the server goes on", async () => {
    const { client, a } = await clientOf({
      steps: [{ text: "word ".repeat(200), chunkDelayMs: 20 }, "ok"],
    });
    const stream = await client.chat.completions.create({ ...say("Long?"), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    expect((await a.aborted()).step).toBe("ok");
    const next = await client.chat.completions.create(say("Ping"));
    expect(next.choices[0]?.message.content).toBe(TEXT);
  });

  it("A001-33 takes a stream that was cut for an error", async () => {
    const { client } = await clientOf({ steps: ["cut-stream:after=2"] });
    const stream = await client.chat.completions.create({ ...say("Ping"), stream: true });
    await expect(all(stream)).rejects.toThrow(OpenAI.APIError);
  });

  it("lists models and finds one", async () => {
    const { client } = await clientOf({ models: ["m-a", "org/other"] });
    const models = await all(client.models.list());
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(["a", "m-a", "org/other"]));
    expect(await client.models.retrieve("org/other")).toMatchObject({ object: "model", owned_by: "a" });
    await expect(client.models.retrieve("nope")).rejects.toThrow(OpenAI.NotFoundError);
  });
});

describe("errors as OpenAI's own client sees them", () => {
  it.each([
    ["400", OpenAI.BadRequestError, 400],
    ["401", OpenAI.InternalServerError, 502],
    ["404-model", OpenAI.NotFoundError, 404],
    ["429:retry-after=7", OpenAI.RateLimitError, 429],
    ["500", OpenAI.InternalServerError, 503],
    ["503", OpenAI.InternalServerError, 503],
  ])("%s of the only backend, streamed and not, and it is asked once each", async (step, type, status) => {
    for (const stream of [false, true]) {
      const { client, a } = await clientOf({ steps: [step] });
      const retrying = client.withOptions({ maxRetries: 2 });
      const error = await retrying.chat.completions.create({ ...say("Ping"), stream }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(type);
      expect(error).toMatchObject({ status, error: { message: expect.stringMatching(/\S/) } });
      expect(a.chats).toHaveLength(1);
      if (status === 429) expect(error).toMatchObject({ headers: expect.toSatisfy(isSeven) });
    }
  });

  it("a model that nobody knows is not found", async () => {
    const { client } = await clientOf();
    await expect(client.chat.completions.create({ ...say("Ping"), model: "nope" })).rejects.toThrow(
      OpenAI.NotFoundError,
    );
  });
});

function isSeven(headers: unknown): boolean {
  return headers instanceof Headers && headers.get("retry-after") === "7";
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
