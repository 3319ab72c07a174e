import { expect, it } from "vitest";
import * as z from "zod/mini";
import { backend } from "./support/backends.ts";
import { serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const CLOUDS = { openai: "openai-chat", anthropic: "anthropic", google: "gemini" } as const;

/** https://platform.openai.com/docs/api-reference/chat/object, of the fields that every answer has. */
const COMPLETION = z.strictObject({
  id: z.string().check(z.startsWith("chatcmpl-")),
  object: z.literal("chat.completion"),
  created: z.int(),
  model: z.string(),
  choices: z.tuple([
    z.strictObject({
      index: z.literal(0),
      message: z.strictObject({
        role: z.literal("assistant"),
        content: z.nullable(z.string()),
        refusal: z.optional(z.nullable(z.string())),
        annotations: z.optional(z.array(z.unknown())),
        tool_calls: z.array(
          z.strictObject({
            id: z.string(),
            type: z.literal("function"),
            function: z.strictObject({ name: z.string(), arguments: z.string() }),
          }),
        ),
      }),
      logprobs: z.optional(z.null()),
      finish_reason: z.enum(["stop", "length", "tool_calls", "content_filter"]),
    }),
  ]),
  usage: z.looseObject({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() }),
  system_fingerprint: z.optional(z.nullable(z.string())),
  service_tier: z.optional(z.nullable(z.string())),
});

it("A001-25 one request to OpenAI, Anthropic and Google: each answer is one of OpenAI's, and they say the same", async () => {
  const call = { id: "call_1", name: "weather", arguments: '{"city":"Paris"}' };
  const answer = { text: "Let me see.", toolCalls: [call], usage: { input: 11, output: 7 } };
  const mocks = await Promise.all(Object.values(CLOUDS).map((dialect) => backend({ dialect, answer })));
  const space = await failoverWorkspace({});
  await space.config({
    backends: Object.fromEntries(
      Object.keys(CLOUDS).map((type, at) => [
        `my-${type}`,
        { type, url: mocks[at]?.url, models: [`m-${type}`], api_key_env: "CLOUD_KEY" },
      ]),
    ),
  });
  const server = await serve(space, [], { env: { CLOUD_KEY: "sk-made-up" } });
  const said = Object.keys(CLOUDS).map(async (type) => {
    const response = await server.chat({
      model: `m-${type}`,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Weather?" },
      ],
      tools: [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }],
      temperature: 0.5,
      max_tokens: 64,
    });
    const { choices, usage } = z.parse(COMPLETION, await response.json());
    const [{ message, finish_reason }] = choices;
    const calls = message.tool_calls.map((one) => one.function);
    const { prompt_tokens, completion_tokens } = usage;
    return { text: message.content, calls, finish_reason, prompt_tokens, completion_tokens };
  });
  const wanted = {
    text: "Let me see.",
    calls: [{ name: call.name, arguments: call.arguments }],
    finish_reason: "tool_calls",
    prompt_tokens: 11,
    completion_tokens: 7,
  };
  expect(await Promise.all(said)).toEqual([wanted, wanted, wanted]);
});
