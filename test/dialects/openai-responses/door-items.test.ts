import { describe, expect, test } from "vitest";
import { accepted, messagesOf, refused, withFields } from "./door-fixtures.ts";

const text = (said: string) => ({ type: "text", text: said });

test("a text is what the user says, behind the instructions", () => {
  expect(accepted({ model: "m", input: "hi", instructions: "be brief" }).request.messages).toEqual([
    { role: "system", parts: [text("be brief")] },
    { role: "user", parts: [text("hi")] },
  ]);
  expect(messagesOf("")).toEqual([{ role: "user", parts: [] }]);
});

test("messages are read by their roles, with and without a type, as text and as parts", () => {
  expect(
    messagesOf([
      { type: "message", role: "developer", content: "be brief" },
      { role: "user", content: [{ type: "input_text", text: "a" }] },
      {
        role: "assistant",
        content: [
          { type: "output_text", text: "b" },
          { type: "refusal", refusal: "no" },
        ],
      },
      { role: "user", content: "" },
    ]),
  ).toEqual([
    { role: "system", parts: [text("be brief")] },
    { role: "user", parts: [text("a")] },
    { role: "assistant", parts: [text("b"), text("no")] },
    { role: "user", parts: [] },
  ]);
});

test("what one turn consists of becomes one message, and the results of its calls another", () => {
  expect(
    messagesOf([
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "so" }],
        encrypted_content: "e",
      },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "look" }] },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "custom_tool_call", call_id: "b", name: "patch", input: "*** x" },
      { type: "function_call_output", call_id: "a", output: "1" },
      {
        type: "custom_tool_call_output",
        call_id: "b",
        output: [
          { type: "input_text", text: "2" },
          { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "low" },
        ],
      },
    ]),
  ).toEqual([
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "so", proof: { dialect: "openai-responses", data: "e", id: "rs_1" } },
        text("look"),
        { type: "tool-call", id: "a", name: "f", arguments: "{}" },
        { type: "tool-call", id: "b", name: "patch", arguments: '{"input":"*** x"}' },
      ],
    },
    {
      role: "tool",
      parts: [
        { type: "tool-result", id: "a", content: [text("1")] },
        {
          type: "tool-result",
          id: "b",
          content: [text("2"), { type: "image", media: "image/png", data: "AA==", detail: "low" }],
        },
      ],
    },
  ]);
});

test("reasoning is its summary, else the reasoning itself; without either and without proof it is nothing", () => {
  const reasoning = (item: object) =>
    messagesOf([
      { type: "reasoning", ...item },
      { role: "user", content: "x" },
    ]);
  const two = [{ text: "a" }, { text: "b" }];
  expect(reasoning({ summary: two })[0]?.parts).toEqual([{ type: "reasoning", text: "a\n\nb" }]);
  expect(reasoning({ summary: [], content: two })[0]?.parts).toEqual([{ type: "reasoning", text: "a\n\nb" }]);
  expect(reasoning({ summary: [] })).toHaveLength(1);
  expect(reasoning({})).toHaveLength(1);
});

test("images may stand in the request or at an address; files that the provider keeps only it can be sent", () => {
  const image = (part: object) =>
    accepted({ model: "m", input: [{ role: "user", content: [{ type: "input_image", ...part }] }] });
  expect(
    image({ image_url: "https://example.org/a.png", detail: "auto" }).request.messages[0]?.parts,
  ).toEqual([{ type: "image", data: "https://example.org/a.png" }]);
  expect(image({ file_id: "file_1" }).gaps).toEqual([{ field: "input_image.file_id", harmless: false }]);
});

describe("C36 C37 C38 an input that is", () => {
  test.each([
    ["missing", undefined, "input"],
    ["empty", [], "input"],
    ["a number", 7, "input"],
    ["of strings", ["hi"], "input[0]"],
    ["of an unknown role", [{ role: "robot", content: "hi" }], "input[0].role"],
    ["without a role", [{ content: "hi" }], "input[0].role"],
    ["without content", [{ role: "user" }], "input[0].content"],
    ["of a part without type", [{ role: "user", content: [{}] }], "input[0].content[0].type"],
    [
      "of a text that is none",
      [{ role: "user", content: [{ type: "input_text" }] }],
      "input[0].content[0].text",
    ],
    ["of a type that is none", [{ type: 7 }], "input[0].type"],
    ["a call without id", [{ type: "function_call", name: "f", arguments: "" }], "input[0].call_id"],
    ["a call without arguments", [{ type: "function_call", call_id: "a", name: "f" }], "input[0].arguments"],
    ["a result without output", [{ type: "function_call_output", call_id: "a" }], "input[0].output"],
    [
      "of a local file",
      [{ role: "user", content: [{ type: "input_image", image_url: "file:///etc/passwd" }] }],
      "input[0].content[0].image_url",
    ],
  ])("%s is 400", (_, input, param) => {
    expect(refused(withFields({ input }))).toMatchObject({ status: 400, param });
  });
});

test("items that only the same dialect understands are gaps; what a search found stands in the text behind it", () => {
  const { gaps } = accepted({
    model: "m",
    input: [
      { type: "web_search_call", id: "ws_1" },
      { type: "local_shell_call", id: "ls_1" },
      { type: "item_reference", id: "msg_1" },
      { role: "user", content: [{ type: "input_file", file_id: "file_1" }] },
    ],
  });
  expect(gaps).toEqual([
    { field: "input.web_search_call", harmless: true },
    { field: "input.local_shell_call", harmless: false },
    { field: "input.item_reference", harmless: false },
    { field: "input.input_file", harmless: false },
  ]);
});

test("a prompt that the provider keeps needs no input, and only the provider can be sent it", () => {
  const { request, gaps } = accepted({ model: "m", prompt: { id: "pmpt_1" } });
  expect(request.messages).toEqual([]);
  expect(gaps).toEqual([{ field: "prompt", harmless: false }]);
});
