import { describe, expect, test } from "vitest";
import type { ChatRequest, Params } from "../../../src/core/chat.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../../src/dialects/openai-responses/index.ts";

const closed: JsonObject = {
  type: "object",
  properties: { a: { type: "string" }, b: { type: "array", items: { anyOf: [{ $ref: "#/$defs/c" }] } } },
  required: ["a", "b"],
  additionalProperties: false,
  $defs: { c: { type: "object", properties: {}, required: [], additionalProperties: false } },
};
const { required: _, ...optional } = closed;
const UNFIT: readonly [string, JsonObject][] = [
  ["a property that may be missing", { ...closed, required: ["a"] }],
  ["none that is needed", optional],
  ["an open object", { ...closed, additionalProperties: true }],
  ["an open object inside", { ...closed, $defs: { c: { type: "object" } } }],
  ["an open object in a list", { type: "array", items: { type: "object" } }],
];

/** What goes out for a tool and a format that are to be strict, as text, and the gaps. */
function asked(schema: JsonObject, dialect: typeof openaiChat, type: "openai" | "vllm" = "openai") {
  const tools = [{ name: "f", strict: true, parameters: schema }];
  const params: Params = {
    response_format: { type: "json_schema", json_schema: { name: "n", strict: true, schema } },
  };
  const request: ChatRequest = {
    messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    tools,
    params,
  };
  const target = { type, model: "gpt-4o", params, stream: false, key: undefined };
  const sent = dialect.request.encode(request, target).body ?? "";
  return { strict: sent.match(/"strict":(true|false)/g), gaps: dialect.request.gaps(request, target) };
}

const KEPT = { strict: ['"strict":true', '"strict":true'], gaps: [] };

describe.each([
  ["chat", openaiChat],
  ["responses", openaiResponses],
])("A001-32 strict schemas by %s", (_name, dialect) => {
  test("are strict where OpenAI can hold to them", () => {
    expect(asked(closed, dialect)).toEqual(KEPT);
  });

  test.each(UNFIT)("are not with %s, which is told: OpenAI refuses it", (_what, schema) => {
    expect(asked(schema, dialect)).toEqual({
      strict: ['"strict":false', '"strict":false'],
      gaps: ["tools.function.strict", "response_format.strict"].map((field) => ({ field, harmless: true })),
    });
  });
});

test("other servers have rules of their own", () => {
  expect(asked(optional, openaiChat, "vllm")).toEqual(KEPT);
});
