import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatRequest, Message, Part } from "../../../src/core/chat.ts";
import { decodeChat, decodeGenerate } from "../../../src/dialects/ollama/door-request.ts";
import { encodeRequest } from "../../../src/dialects/ollama/request.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const text = fc.string({ minLength: 1 }).map((said): Part => ({ type: "text", text: said }));
const picture: Part = { type: "image", media: "image/png", data: "iVBORw0KGgo=" };
const turn = fc
  .tuple(fc.option(text), fc.array(fc.dictionary(fc.string(), fc.integer()), { maxLength: 2 }), fc.boolean())
  .map(([said, calls, thought]) => ({ said, calls, thought }));
const conversation = fc
  .tuple(fc.option(text), fc.array(fc.tuple(text, fc.boolean(), turn), { minLength: 1, maxLength: 3 }))
  .map(([system, turns]): Message[] => [
    ...(system === null ? [] : [{ role: "system" as const, parts: [system] }]),
    ...turns.flatMap(([asked, seen, { said, calls, thought }], at): Message[] => {
      const ids = calls.map((_, call) => `call_${at}_${call}`);
      const parts: Part[] = [
        ...(thought ? [{ type: "reasoning" as const, text: "so" }] : []),
        ...(said === null ? [] : [said]),
        ...calls.map((given, call) => ({
          type: "tool-call" as const,
          id: ids[call] ?? "",
          name: "f",
          arguments: JSON.stringify(given),
        })),
      ];
      const results: Part[] = ids.map((id) => ({
        type: "tool-result",
        id,
        content: [{ type: "text", text: id }],
      }));
      return [
        { role: "user", parts: [asked, ...(seen ? [picture] : [])] },
        { role: "assistant", parts },
        ...(results.length > 0 ? [{ role: "tool" as const, parts: results }] : []),
      ];
    }),
  ]);

test("what is written for a backend is read at the door as the same conversation", () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const tools = [{ name: "f", description: "d", parameters: { type: "object" } }];
      const request: ChatRequest = { messages, tools, params: {} };
      const params = {
        max_tokens: 50,
        temperature: 1,
        stop: ["x"],
        num_ctx: 4096,
        keep_alive: "5m",
        response_format: { type: "json_object" },
        reasoning_effort: "medium",
      };
      const target = { type: "ollama", model: "gpt-oss", params, stream: true, key: undefined } as const;
      const read = decodeChat(new TextEncoder().encode(encodeRequest(request, target).body));
      expect(read).toMatchObject({
        ok: true,
        model: "gpt-oss",
        stream: true,
        request: { messages, tools, params: { ...params, stream: true } },
        gaps: [],
      });
    }),
  );
});

const NAMES = [
  "model",
  "messages",
  "role",
  "content",
  "images",
  "thinking",
  "tool_calls",
  "function",
  "name",
];
const MORE_NAMES = [
  "arguments",
  "options",
  "stop",
  "format",
  "think",
  "prompt",
  "context",
  "__proto__",
  "toString",
];
const anyBody = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "user", "assistant", "tool", "json", "data:"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, ...MORE_NAMES), tie("value"), { maxKeys: 5 }),
  ),
})).value;
const almost = fc
  .tuple(anyBody, anyBody, anyBody)
  .map(([messages, tools, options]) => ({ model: "m", messages, tools, options }));

test("C20 whatever a body holds, it is read or refused", () => {
  fc.assert(
    fc.property(fc.oneof(anyBody, almost), fc.constantFrom(decodeChat, decodeGenerate), (body, decode) => {
      const read = decode(bytesOf(body));
      if (!read.ok) expect(read.status).toBe(400);
    }),
    { numRuns: 1_000 },
  );
});
