import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatRequest, Message, Part, ToolChoice } from "../../../src/core/chat.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { accepted } from "./door-fixtures.ts";

const TARGET = { type: "google", model: "gemini-2.5-flash", stream: false, key: undefined } as const;

const said = fc.stringMatching(/^[a-z ]{1,12}[a-z]$/);
const name = fc.constantFrom("get_weather", "get_time");
const text = said.map((one): Part => ({ type: "text", text: one }));
const image = fc.constant<Part>({ type: "image", media: "image/png", data: "aGk=" });
const reasoning = said.map(
  (data): Part => ({ type: "reasoning", text: "", proof: { dialect: "gemini", data } }),
);
const round = fc.array(fc.tuple(name, fc.dictionary(name, fc.integer()), said, fc.boolean()), {
  minLength: 1,
  maxLength: 3,
});

/** A question, perhaps a round of calls with all of their results, and what was said then. */
const turns = fc.tuple(
  fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 }),
  fc.option(round),
  text,
);

const conversation = fc.array(turns, { minLength: 1, maxLength: 3 }).map((all): readonly Message[] =>
  all.flatMap(([question, calls, answer], at): Message[] => [
    { role: "user", parts: question },
    ...(calls === null
      ? []
      : ([
          {
            role: "assistant",
            parts: calls.map(([called, args], index) => ({
              type: "tool-call",
              id: `call_${at}_${index}`,
              name: called,
              arguments: JSON.stringify(args),
            })),
          },
          {
            role: "tool",
            parts: calls.map(([, , result, failed], index) => ({
              type: "tool-result",
              id: `call_${at}_${index}`,
              content: [{ type: "text", text: result }],
              ...(failed && { failed }),
            })),
          },
        ] satisfies Message[])),
    { role: "assistant", parts: [answer] },
  ]),
);

const request = fc.record({
  system: fc.option(said),
  messages: conversation,
  thought: fc.option(reasoning),
  toolChoice: fc.constantFrom<ToolChoice>("auto", "none", "required", { name: "get_time" }),
  params: fc.record(
    {
      temperature: fc.constantFrom(0, 0.5, 2),
      top_p: fc.constantFrom(0, 1),
      max_tokens: fc.integer({ min: 1, max: 9999 }),
      stop: fc.array(said, { minLength: 1, maxLength: 3 }),
      seed: fc.nat(),
      reasoning_effort: fc.constantFrom("none", "low", "medium", "high"),
      response_format: fc.constantFrom(
        { type: "json_object" },
        { type: "json_schema", json_schema: { name: "response", schema: { type: "object" } } },
      ),
    },
    { requiredKeys: [] },
  ),
});

test("X-05 what can be said in Gemini's words comes through them as it was", () => {
  fc.assert(
    fc.property(request, ({ system, messages, thought, toolChoice, params }) => {
      const last: Message = {
        role: "assistant",
        parts: [...(thought === null ? [] : [thought]), { type: "text", text: "end" }],
      };
      const asked: ChatRequest = {
        messages: [
          ...(system === null ? [] : [{ role: "system", parts: [{ type: "text", text: system }] } as const]),
          ...messages,
          { role: "user", parts: [{ type: "text", text: "go" }] },
          last,
        ],
        tools: [
          { name: "get_weather", description: "d", parameters: { type: "object" } },
          { name: "get_time" },
        ],
        toolChoice,
        params,
      };
      const { body } = DIALECTS["gemini"].request.encode(asked, { ...TARGET, params });
      expect(accepted(body).request).toEqual(asked);
    }),
    { numRuns: 200 },
  );
});
