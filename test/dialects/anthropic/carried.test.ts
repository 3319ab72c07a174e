import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatRequest, Message, Part, ToolChoice } from "../../../src/core/chat.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { accepted } from "./door-fixtures.ts";

const TARGET = { type: "anthropic", model: "claude-sonnet-4-5", stream: false, key: undefined } as const;

const said = fc.stringMatching(/^[a-z][a-z ]{0,10}[a-z]$/);
const name = fc.constantFrom("get_weather", "get_time");
const cache = fc.constantFrom({}, {}, {}, { cache: "5m" } as const, { cache: "1h" } as const);
const text = fc.tuple(said, cache).map(([one, mark]): Part => ({ type: "text", text: one, ...mark }));
const image = fc.constantFrom<Part>(
  { type: "image", media: "image/png", data: "aGk=" },
  { type: "image", data: "https://example.org/a.png" },
);
const thought = fc.oneof(
  fc
    .tuple(said, said)
    .map(([one, data]): Part => ({ type: "reasoning", text: one, proof: { dialect: "anthropic", data } })),
  said.map(
    (data): Part => ({ type: "reasoning", text: "", proof: { dialect: "anthropic", data, redacted: true } }),
  ),
);
const found = fc.array(
  fc.oneof(
    said.map((one) => ({ type: "text", text: one }) as const),
    fc.constant({ type: "image", media: "image/png", data: "aGk=" } as const),
  ),
  {
    maxLength: 2,
  },
);
const round = fc.array(fc.tuple(name, fc.dictionary(name, fc.jsonValue()), found, fc.boolean()), {
  minLength: 1,
  maxLength: 3,
});

/** A question, perhaps a round of calls with all of their results, and what was said then. */
const turns = fc.tuple(
  fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 }),
  fc.option(thought),
  fc.option(round),
  said,
);

const conversation = fc.array(turns, { minLength: 1, maxLength: 3 }).map((all): readonly Message[] =>
  all.flatMap(([question, thinks, calls, answer], at): Message[] => {
    const end: Part = { type: "text", text: answer };
    const begin = thinks === null ? [] : [thinks];
    if (calls === null) {
      return [
        { role: "user", parts: question },
        { role: "assistant", parts: [...begin, end] },
      ];
    }
    return [
      { role: "user", parts: question },
      {
        role: "assistant",
        parts: [
          ...begin,
          ...calls.map(
            ([called, args], index): Part => ({
              type: "tool-call",
              id: `call_${at}_${index}`,
              name: called,
              arguments: JSON.stringify(args),
            }),
          ),
        ],
      },
      {
        role: "tool",
        parts: calls.map(
          ([, , content, failed], index): Part => ({
            type: "tool-result",
            id: `call_${at}_${index}`,
            content,
            ...(failed && { failed }),
          }),
        ),
      },
      { role: "assistant", parts: [end] },
    ];
  }),
);

const request = fc.record({
  system: fc.option(said),
  messages: conversation,
  toolChoice: fc.constantFrom<ToolChoice>("auto", "none", "required", { name: "get_time" }),
  params: fc.record(
    {
      temperature: fc.constantFrom(0, 0.5, 1),
      top_k: fc.integer({ min: 1, max: 40 }),
      max_tokens: fc.integer({ min: 1, max: 9999 }),
      stop: fc.array(said, { minLength: 1, maxLength: 3 }),
      user: said,
      parallel_tool_calls: fc.constant(false),
      response_format: fc.constant({
        type: "json_schema",
        json_schema: {
          name: "answer",
          strict: true,
          schema: { type: "object", properties: {}, additionalProperties: false },
        },
      }),
    },
    { requiredKeys: ["max_tokens"] },
  ),
});

test("X-05 what can be said in Anthropic's words comes through them as it was", () => {
  fc.assert(
    fc.property(request, ({ system, messages, toolChoice, params: stated }) => {
      const { parallel_tool_calls, ...others } = stated;
      // Whoever calls nothing calls nothing twice.
      const params = {
        ...others,
        ...(parallel_tool_calls !== undefined && toolChoice !== "none" && { parallel_tool_calls }),
      };
      const asked: ChatRequest = {
        messages: [
          ...(system === null ? [] : [{ role: "system", parts: [{ type: "text", text: system }] } as const]),
          ...messages,
          { role: "user", parts: [{ type: "text", text: "go" }] },
        ],
        tools: [
          { name: "get_weather", description: "of a city", parameters: { type: "object" }, cache: "5m" },
          { name: "get_time", parameters: { type: "object" } },
        ],
        toolChoice,
        params,
      };
      const { encode, gaps } = DIALECTS.anthropic.request;
      const marks = gaps(asked, { ...TARGET, params }).some(({ field }) => field === "cache_control");
      fc.pre(!marks);
      const read = accepted(encode(asked, { ...TARGET, params }).body ?? "");
      expect(read.gaps).toEqual([]);
      const { stream: _, ...again } = read.request.params;
      expect({ ...read.request, params: again }).toEqual(asked);
    }),
  );
});
