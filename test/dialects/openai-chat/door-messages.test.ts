import fc from "fast-check";
import { expect, test } from "vitest";
import { accepted, HI, refused, withFields } from "./door-fixtures.ts";

test.each([
  ["missing", undefined, "messages"],
  ["empty", [], "messages"],
  ["no list", { role: "user" }, "messages"],
  ["of strings", ["hi"], "messages[0]"],
  ["without a role", [{ content: "hi" }], "messages[0].role"],
  ["of an unknown role", [...HI, { role: "robot", content: "hi" }], "messages[1].role"],
  ["of a role called __proto__", [{ role: "__proto__", content: "hi" }], "messages[0].role"],
  ["with null content", [{ role: "user", content: null }], "messages[0].content"],
  ["with a number for content", [{ role: "user", content: 7 }], "messages[0].content"],
  ["of an assistant that says nothing", [{ role: "assistant" }], "messages[0].content"],
  ["with a part without type", [{ role: "user", content: [{}] }], "messages[0].content[0].type"],
  [
    "with a text that is none",
    [{ role: "user", content: [{ type: "text", text: 1 }] }],
    "messages[0].content[0].text",
  ],
  ["with a result without id", [{ role: "tool", content: "7" }], "messages[0].tool_call_id"],
  [
    "with arguments that are no text",
    [{ role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: {} } }] }],
    "messages[0].tool_calls[0].function.arguments",
  ],
])("C36 C37 C38 messages %s are 400", (_, messages, param) => {
  expect(refused({ model: "m", messages })).toMatchObject({ status: 400, code: "invalid_request", param });
});

test("C38 only a system message, or an answer begun for the model, is fine", () => {
  expect(accepted({ model: "m", messages: [{ role: "system", content: "be" }] }).ok).toBe(true);
  const begun = accepted({ model: "m", messages: [...HI, { role: "assistant", content: "{" }] });
  expect(begun.request.messages.at(-1)).toEqual({ role: "assistant", parts: [{ type: "text", text: "{" }] });
});

test("C39 a result without a call, and one given twice, are the backend's to judge", () => {
  const result = { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "7" }] };
  expect(accepted({ model: "m", messages: [...HI, result, result] }).request.messages.at(-1)).toEqual({
    role: "tool",
    parts: [{ type: "tool-result", id: "a", content: [{ type: "text", text: "7" }] }],
  });
});

function tool(name: string, parameters: unknown = { type: "object" }) {
  return { type: "function", function: { name, parameters } };
}

test.each([["with space"], ["ünï"], ["x".repeat(65)], [""]])("C41 a tool called %j is 400", (name) => {
  expect(refused(withFields({ tools: [tool("ok"), tool(name)] }))).toMatchObject({
    param: "tools[1].function.name",
    message: expect.stringContaining("64"),
  });
});

test("C40 C42 schemas are passed on and not looked into, up to 1 MiB", () => {
  const schema = { $ref: "http://192.0.2.1/schema", pattern: "(a+)+$" };
  expect(accepted(withFields({ tools: [tool("f", schema)] })).request.tools).toEqual([
    { name: "f", parameters: schema },
  ]);
  const large = tool("f", { description: "x".repeat(1_048_577) });
  expect(refused(withFields({ tools: [large] }))).toMatchObject({ param: "tools" });
});

function image(url: unknown) {
  return { model: "m", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] };
}

test.each(["file:///etc/passwd", "gopher://x", "ftp://x/a.png", "//x/a.png", "", "javascript:1"])(
  "C43 C44 C45 C46 the image address %j is 400",
  (url) => {
    expect(refused(image(url))).toMatchObject({
      status: 400,
      code: "image_url_forbidden",
      param: "messages[0].content[0].image_url.url",
    });
  },
);

test("C44 an http(s) image is the backend's to fetch", () => {
  const url = "https://example.org/a.png";
  expect(accepted(image(url)).request.messages[0]?.parts).toEqual([{ type: "image", data: url }]);
});

test.each([
  "data:image/png;base64,@@@@",
  "data:image/png;base64,",
  "data:image/png;base64,AAAAA",
  "data:image/png;base64,AA=",
  "data:image/png;base64,AA=A",
  "data:image/png,AAAA",
  "data:image/svg+xml;base64,AAAA",
  "data:text/html;base64,AAAA",
  "data:;base64,AAAA",
])("C47 %s is 400", (url) => {
  expect(refused(image(url))).toMatchObject({ status: 400, code: "invalid_request" });
});

test("C47 bytes of an image written into the request are what the neutral request has", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      const data = Buffer.from(bytes).toString("base64");
      expect(accepted(image(`data:image/png;name=a;base64,${data}`)).request.messages[0]?.parts).toEqual([
        { type: "image", media: "image/png", data },
      ]);
    }),
  );
});

test.each([
  ["no object", ["f"], "tools[0]"],
  ["without a type", [{ function: { name: "f" } }], "tools[0].type"],
  ["without a function", [{ type: "function" }], "tools[0].function"],
  ["with parameters that are none", [tool("f", "none")], "tools[0].function.parameters"],
])("a tool %s is 400", (_, tools, param) => {
  expect(refused(withFields({ tools }))).toMatchObject({ code: "invalid_request", param });
});

test("all that is known of a tool is read, and which one has to be called", () => {
  const known = { name: "f", description: "does it", parameters: { type: "object" }, strict: true };
  const read = accepted(
    withFields({
      tools: [{ type: "function", function: known }],
      tool_choice: { type: "function", function: { name: "f" } },
    }),
  );
  expect(read.request).toMatchObject({ tools: [known], toolChoice: { name: "f" } });
  expect(accepted(withFields({ tools: null, tool_choice: "none" })).request).toMatchObject({
    tools: [],
    toolChoice: "none",
  });
});

test("a call that is no function's is the same dialect's, one without a function is 400", () => {
  const asked = (call: object) => ({ model: "m", messages: [{ role: "assistant", tool_calls: [call] }] });
  expect(accepted(asked({ id: "a", type: "custom", custom: {} })).gaps.map(({ field }) => field)).toEqual([
    "messages[0].tool_calls[0]",
  ]);
  expect(refused(asked({ id: "a", type: "function" })).param).toBe("messages[0].tool_calls[0].function");
});

test("an assistant's refusal is what it said", () => {
  const messages = [...HI, { role: "assistant", content: null, refusal: "I will not" }];
  expect(accepted({ model: "m", messages }).request.messages.at(-1)?.parts).toEqual([
    { type: "text", text: "I will not" },
  ]);
});

test("an image may be an address without an object around it, and keeps its detail", () => {
  const parts = [
    { type: "image_url", image_url: "https://example.org/a.png" },
    { type: "image_url", image_url: { url: "https://example.org/b.png", detail: "low" } },
  ];
  expect(
    accepted({ model: "m", messages: [{ role: "user", content: parts }] }).request.messages[0]?.parts,
  ).toEqual([
    { type: "image", data: "https://example.org/a.png" },
    { type: "image", data: "https://example.org/b.png", detail: "low" },
  ]);
  const none = { type: "image_url", image_url: 7 };
  expect(refused({ model: "m", messages: [{ role: "user", content: [none] }] }).param).toBe(
    "messages[0].content[0].image_url",
  );
});
