import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatRequest, Message, Part } from "../../../src/core/chat.ts";
import { decodeRequest } from "../../../src/dialects/openai-responses/door-request.ts";
import { encodeRequest } from "../../../src/dialects/openai-responses/request.ts";

const text = fc.string({ minLength: 1 }).map((said): Part => ({ type: "text", text: said }));
const image = fc.constantFrom<Part>(
  { type: "image", media: "image/png", data: "AA==" },
  { type: "image", data: "https://example.org/a.png", detail: "low" },
);
const proof = { dialect: "openai-responses", data: "sealed", id: "rs_1" } as const;
const turn = fc
  .tuple(fc.array(text, { maxLength: 2 }), fc.array(fc.string(), { maxLength: 2 }), fc.boolean(), fc.nat())
  .map(([said, calls, thought, number]): Message[] => {
    const ids = calls.map((_, at) => `call_${number}_${at}`);
    const parts: Part[] = [
      // A thought that nothing follows is refused, so that it is not sent.
      ...(thought && said.length + calls.length > 0
        ? [{ type: "reasoning" as const, text: "so", proof }]
        : []),
      ...said,
      ...calls.map((args, at) => ({
        type: "tool-call" as const,
        id: ids[at] ?? "",
        name: "f",
        arguments: args,
      })),
    ];
    const results: Part[] = ids.map((id) => ({
      type: "tool-result",
      id,
      content: [{ type: "text", text: id }],
    }));
    return [
      ...(parts.length > 0 ? [{ role: "assistant" as const, parts }] : []),
      ...(results.length > 0 ? [{ role: "tool" as const, parts: results }] : []),
    ];
  });
const conversation = fc
  .tuple(
    fc.option(text),
    fc.array(fc.tuple(fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 }), turn), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([system, turns]): Message[] => [
    ...(system === null ? [] : [{ role: "system" as const, parts: [system] }]),
    ...turns.flatMap(([asked, said]) => [{ role: "user" as const, parts: asked }, ...said]),
  ]);

/** Ids that were used before are made anew on the wire. */
function unique(messages: readonly Message[]): boolean {
  const ids = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "tool-call" ? [part.id] : [])),
  );
  return new Set(ids).size === ids.length;
}

test("what is written for a backend is read at the door as the same conversation", () => {
  fc.assert(
    fc.property(conversation.filter(unique), (messages) => {
      const request: ChatRequest = {
        messages,
        tools: [{ name: "f", description: "d", parameters: { type: "object" }, strict: false }],
        toolChoice: { name: "f" },
        params: {},
      };
      const params = { max_tokens: 50, temperature: 1, reasoning_effort: "low", parallel_tool_calls: false };
      const target = { type: "openai", model: "m", params, stream: true, key: undefined } as const;
      const read = decodeRequest(new TextEncoder().encode(encodeRequest(request, target).body));
      expect(read).toMatchObject({
        ok: true,
        model: "m",
        stream: true,
        request: { ...request, params: { ...params, stream: true } },
        gaps: [],
      });
    }),
  );
});

const NAMES = [
  "model",
  "input",
  "type",
  "role",
  "content",
  "text",
  "tools",
  "tool_choice",
  "name",
  "arguments",
  "call_id",
  "output",
  "summary",
  "encrypted_content",
];
const MORE_NAMES = [
  "format",
  "reasoning",
  "effort",
  "include",
  "namespace",
  "image_url",
  "__proto__",
  "toString",
];
const WORDS = [
  "message",
  "user",
  "function",
  "custom",
  "namespace",
  "reasoning",
  "function_call",
  "input_text",
  "input_image",
  "allowed_tools",
  "nexus:{",
];
const anyBody = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308, "", ...WORDS),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, ...MORE_NAMES), tie("value"), { maxKeys: 5 }),
  ),
})).value;
const almost = fc
  .tuple(anyBody, anyBody, anyBody)
  .map(([input, tools, tool_choice]) => ({ model: "m", input, tools, tool_choice }));

test("C20 whatever a body holds, it is read or refused", () => {
  fc.assert(
    fc.property(fc.oneof(anyBody, almost), (body) => {
      const read = decodeRequest(new TextEncoder().encode(JSON.stringify(body)));
      if (!read.ok) expect(read.status).toBe(400);
    }),
    { numRuns: 1_000 },
  );
});
