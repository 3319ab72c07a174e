import { expect, test } from "vitest";
import type { Params } from "../../../src/core/chat.ts";
import { writeSignature } from "../../../src/dialects/anthropic/door-proofs.ts";
import { encodeSame } from "../../../src/dialects/anthropic/door-same.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { accepted, HI, withFields } from "./door-fixtures.ts";

/** What goes to a backend of the same dialect, with these parameters of a profile. */
function sent(body: unknown, profile: Params = {}, over: Partial<EncodeTarget> = {}) {
  const read = accepted(body, { "anthropic-beta": "b1" });
  const params = { ...profile, ...read.request.params };
  return encodeSame(read, { type: "anthropic", model: "real", params, stream: false, key: "k", ...over });
}

function bodyOf(...args: Parameters<typeof sent>): Record<string, unknown> {
  return JSON.parse(sent(...args).body ?? "");
}

test("the caller's bytes, with only the model replaced", () => {
  const text =
    '{ "model":"lb","max_tokens":64,\n"x":12345678901234567890, "messages":[{"role":"user","content":[{"type":"of the future","b":1e2}]}],"context_management":{} }';
  expect(sent(text)).toEqual({
    method: "POST",
    path: "/messages",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "b1",
      "x-api-key": "k",
    },
    body: text.replace('"lb"', '"real"'),
  });
});

test("the client's version of the API goes along", () => {
  const read = accepted(withFields({}), { "anthropic-version": "2099-01-01" });
  const { headers } = encodeSame(read, {
    type: "anthropic",
    model: "m",
    params: {},
    stream: false,
    key: undefined,
  });
  expect(headers).toMatchObject({ "anthropic-version": "2099-01-01" });
});

test("a limit is added where nobody states one, and a profile's where it does", () => {
  const body = { model: "m", messages: HI };
  expect(bodyOf(body)["max_tokens"]).toBe(4096);
  expect(bodyOf(body, { max_tokens: 99 })["max_tokens"]).toBe(99);
  expect(bodyOf(withFields({}), { max_tokens: 99 })["max_tokens"]).toBe(64);
});

test("a profile's parameters stand behind what the client wrote where it stated none", () => {
  const tools = [{ name: "x", input_schema: { type: "object" } }];
  const profile = { temperature: 0.5, stop: "END", user: "u", parallel_tool_calls: false };
  expect(bodyOf(withFields({ tools, metadata: { user_id: "mine" } }), profile)).toEqual({
    model: "real",
    max_tokens: 64,
    messages: HI,
    tools,
    metadata: { user_id: "mine" },
    temperature: 0.5,
    stop_sequences: ["END"],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
  });
});

test("a profile's system text stands there where the client has none", () => {
  expect(bodyOf(withFields({}), {}, { system: "Be brief." })["system"]).toBe("Be brief.");
});

test("what the client says in its own words is not said twice in others", () => {
  const fields = {
    output_config: { effort: "low" },
    output_format: { type: "json_schema", schema: { type: "object" } },
    metadata: { user_id: "u" },
  };
  expect(bodyOf(withFields(fields), { reasoning_effort: "high" })).toEqual({
    ...withFields(fields),
    model: "real",
  });
});

test("a temperature of the profile gives way to the client's thinking", () => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  expect(bodyOf(withFields({ thinking, max_tokens: 4096 }), { temperature: 0.5 })).not.toHaveProperty(
    "temperature",
  );
  expect(bodyOf(withFields({ thinking: { type: "disabled" } }), { temperature: 0.5 })).toHaveProperty(
    "temperature",
  );
});

const MARK = writeSignature(undefined);
const FOREIGN = { type: "thinking", thinking: "hm", signature: MARK };
const OWN = { type: "thinking", thinking: "hm", signature: "U2ln" };
const CALL = { type: "tool_use", id: "toolu_1", name: "x", input: {} };
const RESULT = { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "1" }] };

test("thoughts that Anthropic did not sign are left out, and nothing else", () => {
  const messages = [
    ...HI,
    { role: "assistant", content: [FOREIGN, { type: "text", text: "yes" }] },
    { role: "user", content: "and?" },
    { role: "assistant", content: [{ type: "redacted_thinking", data: `${MARK}gemini::x` }] },
    { role: "user", content: [{ type: "text", text: '"nexus:' }] },
  ];
  expect(bodyOf(withFields({ messages }))["messages"]).toEqual([
    ...HI,
    { role: "assistant", content: [{ type: "text", text: "yes" }] },
    { role: "user", content: "and?" },
    { role: "user", content: [{ type: "text", text: '"nexus:' }] },
  ]);
});

test("a conversation that only speaks of them stays byte for byte", () => {
  const text =
    '{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"\\"nexus:"},{"role":"user","content":"nexus:"}, {"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"own"}]}]}';
  expect(sent(text).body).toBe(text.replace('"m"', '"real"'));
});

const LOOPS: readonly [string, readonly object[], boolean][] = [
  ["begun by another", [...HI, { role: "assistant", content: [CALL] }, RESULT], false],
  ["begun by another that thought", [...HI, { role: "assistant", content: [FOREIGN, CALL] }, RESULT], false],
  ["begun by Anthropic", [...HI, { role: "assistant", content: [OWN, CALL] }, RESULT], true],
  [
    "begun by Anthropic, two calls ago",
    [
      ...HI,
      { role: "assistant", content: [OWN, CALL] },
      RESULT,
      { role: "assistant", content: [CALL] },
      RESULT,
    ],
    true,
  ],
  [
    "that the user speaks into",
    [
      ...HI,
      { role: "assistant", content: [CALL] },
      { role: "user", content: [...RESULT.content, { type: "text", text: "go" }] },
    ],
    false,
  ],
  [
    "that is over",
    [...HI, { role: "assistant", content: [CALL] }, RESULT, { role: "assistant", content: "ok" }, ...HI],
    true,
  ],
];

test.each(LOOPS)("a turn %s thinks on: %j", (_, messages, thinks) => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const context_management = {
    edits: [{ type: "clear_thinking_20251015" }, { type: "clear_tool_uses_20250919" }],
  };
  const body = bodyOf(withFields({ thinking, max_tokens: 4096, messages, context_management }));
  expect(body["thinking"]).toEqual(thinks ? thinking : { type: "disabled" });
  expect(body["context_management"]).toEqual(
    thinks ? context_management : { edits: [{ type: "clear_tool_uses_20250919" }] },
  );
});

test("thinking that adapts itself minds nothing, nor do servers that are none of Anthropic's", () => {
  const messages = [...HI, { role: "assistant", content: [CALL] }, RESULT];
  const adaptive = { thinking: { type: "adaptive" }, messages };
  expect(bodyOf(withFields(adaptive))["thinking"]).toEqual({ type: "adaptive" });
  const budget = { thinking: { type: "enabled", budget_tokens: 1024 }, messages, max_tokens: 4096 };
  expect(bodyOf(withFields(budget), {}, { type: "generic" })["thinking"]).toEqual(budget.thinking);
});
