import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRequest, encodeSame } from "../../../src/dialects/openai-chat/door-request.ts";
import { encodeRequest } from "../../../src/dialects/openai-chat/request.ts";
import { accepted, HI, refused, withFields } from "./door-fixtures.ts";
import { recorded } from "./fixtures.ts";

const target = { type: "openai", model: "real", params: {}, stream: false, key: undefined } as const;

test.each([
  ["C1 malformed", '{"model":"m",,}', "invalid_json", /line 1, column 14/],
  ["C2 empty", " \n ", "invalid_json", /empty/],
  ["C3 truncated", '{"model":"m",\n"messages":[', "invalid_json", /line 2, column/],
  ["C4 a trailing comma", '{"model":"m",}', "invalid_json", /column 14/],
  ["C4 a comment", '{"model":"m"/* */}', "invalid_json", /comment/],
  ["C5 NaN", '{"temperature":NaN}', "invalid_json", /column 16/],
  ["C6 a list", "[]", "invalid_request", /object/],
  ["C6 null", "null", "invalid_request", /object/],
  ["C6 a string", '"secret"', "invalid_request", /object/],
  ["C8 trailing garbage", "{} secret", "invalid_json", /column 4/],
  ["C11 deep nesting", `{"a":${"[".repeat(300)}${"]".repeat(300)}}`, "too_deep", /200/],
  ["C12 too many things", `{"a":[${"1,".repeat(500_001)}1]}`, "too_complex", /500000/],
  ["C22 a key that stands twice", '{"model":"a","messages":[],"model":"b"}', "duplicate_key", /"model"/],
  ["C23 1e400", '{"model":"m","x":{"y":[1,-1e400]}}', "invalid_request", /"x.y\[1\]"/],
])("%s is 400, with its place and without a word of the body", (_, body, code, message) => {
  const read = refused(body);
  expect(read).toMatchObject({ status: 400, code });
  expect(read.message).toMatch(message);
  expect(read.message).not.toContain("secret");
});

test("C7 a byte order mark is accepted and not sent on", () => {
  const read = accepted(`\uFEFF${JSON.stringify({ model: "m", messages: HI })}`);
  expect(read.text.startsWith("{")).toBe(true);
});

test("C9 invalid UTF-8 is 400", () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('{"model":"'), 0xc3, 0x28, 0x22, 0x7d]);
  expect(decodeRequest(bytes)).toMatchObject({ ok: false, status: 400, code: "invalid_utf8" });
});

test.each(["", "\uFEFF"])("C10 UTF-16 is 415, with and without a mark (%j)", (mark) => {
  const bytes = Buffer.from(`${mark}{"model":"m"}`, "utf16le");
  expect(decodeRequest(bytes)).toMatchObject({ ok: false, status: 415, code: "unsupported_charset" });
  expect(decodeRequest(bytes.swap16())).toMatchObject({ ok: false, status: 415 });
});

test("C18 C19 C20 names of prototypes are names like others, and change nothing", () => {
  const read = accepted(
    '{"model":"m","messages":[{"role":"user","content":"hi","__proto__":{"role":"x"}}],"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}',
  );
  expect(Object.hasOwn({}, "polluted") || "polluted" in {}).toBe(false);
  expect(Object.getPrototypeOf(read.request.params)).toBe(Object.prototype);
  expect(encodeSame(read, target).body).toContain('"__proto__":{"polluted":1}');
});

test.each([
  ["C24 missing", undefined],
  ["C25 empty", ""],
  ["C25 blank", " "],
  ["C26 a number", 7],
  ["C26 a list", ["m"]],
  ["C26 10 KB long", "m".repeat(10_000)],
])("%s: a model that is none is 400", (_, model) => {
  expect(refused({ model, messages: HI })).toMatchObject({ code: "invalid_model", param: "model" });
});

test.each(["../../etc/passwd", "a\r\nX-Evil: 1", "__proto__", "模型 😀"])(
  "C21 C27 C28 the model %j is a name like any other, to be looked up",
  (model) => {
    expect(accepted({ model, messages: HI }).model).toBe(model);
  },
);

test.each([
  ["max_tokens", -1],
  ["max_tokens", 0],
  ["max_tokens", 1.5],
  ["max_tokens", "100"],
  ["max_tokens", 1e12],
  ["max_completion_tokens", 0],
  ["temperature", 99],
  ["temperature", -0.1],
  ["temperature", "0.5"],
  ["top_p", -1],
  ["presence_penalty", 3],
  ["seed", 1.5],
  ["stop", 7],
  ["stop", ["a", 1]],
  ["n", 0],
  ["stream", "true"],
  ["stream_options", { include_usage: true }],
  ["stream_options", []],
  ["response_format", "json"],
  ["response_format", { type: "json_schema" }],
  ["tools", {}],
  ["tools", Array.from({ length: 129 }, () => ({ type: "function" }))],
  ["tool_choice", "always"],
])("C30 C31 C32 C33 C34 C40 C48 %s of %j is 400 and names the field", (name, value) => {
  expect(refused({ model: "m", messages: HI, [name]: value })).toMatchObject({
    status: 400,
    code: "invalid_request",
    param: name,
    message: expect.stringContaining(`"${name}"`),
  });
});

test("C35 several answers at once are refused", () => {
  expect(refused(withFields({ n: 2 }))).toMatchObject({ code: "unsupported_n", param: "n" });
  expect(accepted(withFields({ n: 1 })).request.params).toMatchObject({ n: 1 });
});

test("C49 parameters that nobody knows pass, with large numbers digit by digit", () => {
  const text =
    '{"model":"m","messages":[{"role":"user","content":"hi"}],"new_thing":{"a":1},"seed":9007199254740993}';
  const read = accepted(text);
  expect(read.request.params).toMatchObject({ new_thing: { a: 1 }, stream: false });
  expect(encodeSame(read, target).body).toBe(text.replace('"m"', '"real"'));
});

test.each(["text", "tool-result", "image", "json", "parallel", "usage-stream-include", "think-stream"])(
  "%s: what was recorded goes on as it is, but for the model; and read into the neutral request it says the same",
  (name) => {
    const text = recorded(`${name}.request.json`);
    const read = accepted(text);
    expect(encodeSame(read, target).body).toBe(text.replace(/"model":"[^"]*"/, '"model":"real"'));
    const wire = JSON.parse(text);
    const { stream, stream_options: _, ...neutral } = wire;
    const { params, ...request } = read.request;
    const again = encodeRequest({ ...request, params }, { ...target, params, stream: stream === true });
    const { stream_options: __, ...rewritten } = JSON.parse(again.body ?? "");
    expect(rewritten).toEqual({ ...neutral, model: "real", ...(stream && { stream }) });
    expect(read.gaps).toEqual([]);
  },
);

test("the profile's parameters are sent where the client stated none, and a limit under either name is one", () => {
  const read = accepted({ model: "m", messages: HI, max_completion_tokens: 5, temperature: null });
  const params = { temperature: 0.2, top_p: 0.5, max_tokens: 100, stream: true };
  const sent = encodeSame(read, { ...target, type: "vllm", params });
  expect(JSON.parse(sent.body ?? "")).toEqual({
    model: "real",
    messages: HI,
    max_completion_tokens: 5,
    temperature: null,
    top_p: 0.5,
  });
});

test("a limit that only the profile states has the name the backend knows", () => {
  const read = accepted({ model: "m", messages: HI });
  const sent = encodeSame(read, { ...target, model: "gpt-5", params: { max_tokens: 9 }, key: "k" });
  expect(JSON.parse(sent.body ?? "")).toMatchObject({ model: "gpt-5", max_completion_tokens: 9 });
  expect(sent.headers).toMatchObject({ authorization: "Bearer k" });
});

test("stream_options is never added", () => {
  const read = accepted({ model: "m", messages: HI, stream: true });
  expect(read).toMatchObject({ stream: true, includeUsage: false });
  expect(encodeSame(read, { ...target, stream: true }).body).not.toContain("stream_options");
});

test("what only the same dialect understands is noted, and goes on to such a backend", () => {
  const read = accepted({
    model: "m",
    messages: [
      { role: "developer", content: "be" },
      {
        role: "user",
        name: "ann",
        content: [
          { type: "input_audio", input_audio: {} },
          { type: "text", text: "hi" },
        ],
      },
      { role: "assistant", content: [{ type: "refusal", refusal: "no" }] },
      { role: "function", name: "f", content: "1" },
    ],
    tools: [{ type: "custom", custom: { name: "c" } }],
    tool_choice: { type: "allowed_tools", allowed_tools: {} },
  });
  expect(read.gaps.map(({ field }) => field)).toEqual([
    "messages[1].content[0]",
    "messages[3]",
    "tools[0]",
    "tool_choice",
  ]);
  expect(read.request.messages.map(({ role, parts }) => [role, ...parts.map(({ type }) => type)])).toEqual([
    ["system", "text"],
    ["user", "text"],
    ["assistant", "text"],
    ["tool"],
  ]);
  expect(encodeSame(read, target).body).toContain('"input_audio"');
});

test("whatever the body holds, it is read or refused with a field or a place, and never thrown at", () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const message = fc.record(
    {
      role: fc.constantFrom("user", "assistant", "tool", "x"),
      content: fc.oneof(
        fc.string(),
        value,
        fc.array(
          fc.record(
            { type: fc.constantFrom("text", "image_url"), text: value, image_url: value },
            { requiredKeys: [] },
          ),
        ),
      ),
      tool_calls: value,
      tool_call_id: value,
    },
    { requiredKeys: [] },
  );
  const names = [
    "n",
    "stop",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "response_format",
    "__proto__",
  ];
  const body = fc.tuple(
    fc.record(
      { model: fc.oneof(fc.constant("m"), value), messages: fc.oneof(value, fc.array(message)) },
      { requiredKeys: [] },
    ),
    fc.dictionary(fc.constantFrom(...names), value),
  );
  fc.assert(
    fc.property(body, ([known, more]) => {
      const read = decodeRequest(new TextEncoder().encode(JSON.stringify({ ...known, ...more })));
      if (read.ok) expect(JSON.parse(encodeSame(read, target).body ?? "").model).toBe("real");
      else expect(read).toMatchObject({ status: 400, message: expect.any(String), code: expect.any(String) });
    }),
    { numRuns: 500 },
  );
});

test("C1 C9 bytes at random are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeRequest(bytes).ok).toBe(false);
    }),
  );
});

test("a mistake in a very large text is told without its place", () => {
  expect(refused(`{"model":"${"x".repeat(1_048_576)}`).message).toBe("the body is not valid JSON");
});
