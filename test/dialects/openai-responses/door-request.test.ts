import { describe, expect, test } from "vitest";
import type { BackendType } from "../../../src/core/backend.ts";
import type { Params } from "../../../src/core/chat.ts";
import { encodeSame } from "../../../src/dialects/openai-responses/door-request.ts";
import { sealProof } from "../../../src/dialects/sealed-proof.ts";
import { accepted, refused, withFields } from "./door-fixtures.ts";

function tools(list: readonly object[], tool_choice?: unknown) {
  const { request, gaps } = accepted(withFields({ tools: list, tool_choice }));
  return { tools: request.tools, choice: request.toolChoice, gaps };
}

const F = { type: "function", name: "f" };
const G = { type: "function", name: "g" };

describe("tools", () => {
  test("functions are flat here", () => {
    const parameters = { type: "object", properties: {} };
    const tool = { ...F, description: "does it", parameters, strict: true };
    expect(tools([tool]).tools).toEqual([{ name: "f", description: "does it", parameters, strict: true }]);
    expect(tools([{ ...F, parameters: null, strict: null }]).tools).toEqual([{ name: "f" }]);
  });

  test("a custom tool becomes a function of one text, with its grammar in its description", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: WORD" };
    const [described, bare] = tools([
      { type: "custom", name: "patch", description: "Edits.", format },
      { type: "custom", name: "say" },
    ]).tools;
    expect(described).toMatchObject({
      name: "patch",
      description: "Edits.\n\nThe input has to follow this grammar:\nstart: WORD",
      parameters: { required: ["input"] },
    });
    expect(bare).not.toHaveProperty("description");
  });

  test("tools of a namespace bear its name before theirs, cut to what providers take", () => {
    const long = "x".repeat(40);
    const list = [
      { type: "namespace", name: "mcp", tools: [F, { type: "custom", name: "c" }, { type: "namespace" }] },
      {
        type: "namespace",
        name: long,
        tools: [
          { ...F, name: long },
          { ...F, name: `${long}y` },
        ],
      },
    ];
    const names = tools(list).tools.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["mcp__f", "mcp__c"]);
    expect(names.map((name) => name.length <= 64)).toEqual(names.map(() => true));
    expect(new Set(names).size).toBe(4);
    expect(tools(list).gaps).toEqual([{ field: "tools.namespace", harmless: false }]);
  });

  test("what agents offer always may be left out; what somebody counts on may not", () => {
    expect(tools([{ type: "web_search" }, { type: "web_search" }, { type: "mcp" }]).gaps).toEqual([
      { field: "tools.web_search", harmless: true },
      { field: "tools.mcp", harmless: false },
    ]);
  });

  test("C40 C41 too many, and what is none, are 400", () => {
    const many = Array.from({ length: 129 }, (_, at) => ({ ...F, name: `f${at}` }));
    const half = many.slice(0, 70);
    expect(refused(withFields({ tools: many }))).toMatchObject({ param: "tools" });
    const spaces = [half, half].map((list, at) => ({ type: "namespace", name: `n${at}`, tools: list }));
    expect(refused(withFields({ tools: spaces }))).toMatchObject({ param: "tools" });
    expect(refused(withFields({ tools: [{ ...F, name: "with space" }] }))).toMatchObject({
      param: "tools[0].name",
    });
    expect(refused(withFields({ tools: [{ ...F, parameters: "x" }] }))).toMatchObject({
      param: "tools[0].parameters",
    });
    expect(refused(withFields({ tools: "x" }))).toMatchObject({ param: "tools" });
    expect(tools([]).tools).toEqual([]);
  });

  test.each([
    ["auto", "auto", undefined],
    ["none", "none", undefined],
    ["required", "required", undefined],
    [null, undefined, undefined],
    [{ type: "function", name: "g" }, { name: "g" }, undefined],
    [{ type: "custom", name: "g" }, { name: "g" }, undefined],
    [{ type: "web_search" }, undefined, "tool_choice"],
  ])("the choice %j means %j", (given, meant, gap) => {
    const { choice, gaps } = tools([F, G], given);
    expect([choice, gaps[0]?.field]).toEqual([meant, gap]);
  });

  test("only the allowed tools are there", () => {
    const allowed = (mode: string, name: string) =>
      tools([F, G], { type: "allowed_tools", mode, tools: [{ type: "function", name }] });
    expect(allowed("required", "g")).toMatchObject({ tools: [{ name: "g" }], choice: "required" });
    expect(allowed("auto", "g")).toMatchObject({ tools: [{ name: "g" }], choice: "auto" });
    expect(allowed("auto", "h")).toMatchObject({ tools: [], choice: undefined });
  });

  test("where all tools are left out nothing is said of a choice, and none can be required", () => {
    expect(tools([{ type: "web_search" }], "auto").choice).toBeUndefined();
    expect(tools([{ type: "web_search" }], "required").gaps).toContainEqual({
      field: "tool_choice",
      harmless: false,
    });
  });

  test.each(["any", 7, {}])("the choice %j is 400", (tool_choice) => {
    expect(refused(withFields({ tools: [F], tool_choice }))).toMatchObject({ param: "tool_choice" });
  });
});

describe("parameters", () => {
  test("have the names of OpenAI chat inside, and unknown ones pass", () => {
    const schema = { type: "object" };
    const { request, stream, includeUsage } = accepted(
      withFields({
        max_output_tokens: 50,
        temperature: 1,
        reasoning: { effort: "low", summary: "auto" },
        text: { format: { type: "json_schema", name: "n", schema, strict: true }, verbosity: "low" },
        parallel_tool_calls: false,
        stream: true,
        store: true,
        metadata: { a: "b" },
        truncation: "disabled",
        include: ["reasoning.encrypted_content"],
        user: null,
        unknown: { a: 1 },
      }),
    );
    expect(request.params).toEqual({
      max_tokens: 50,
      temperature: 1,
      reasoning_effort: "low",
      response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: true } },
      verbosity: "low",
      parallel_tool_calls: false,
      stream: true,
      unknown: { a: 1 },
    });
    expect([stream, includeUsage]).toEqual([true, true]);
  });

  test.each([
    [{ type: "text" }, undefined],
    [{ type: "json_object" }, { type: "json_object" }],
    [null, undefined],
  ])("the format %j means %j", (format, meant) => {
    expect(accepted(withFields({ text: { format } })).request.params["response_format"]).toEqual(meant);
  });

  test.each([
    ["top_logprobs", 2, false],
    ["include", ["message.output_text.logprobs"], false],
    ["truncation", "auto", true],
    ["context_management", [{ type: "compaction" }], true],
  ])("%s: %j is a gap", (name, value, harmless) => {
    const field = name === "include" ? "top_logprobs" : name;
    expect(accepted(withFields({ [name]: value })).gaps).toEqual([{ field, harmless }]);
  });

  test.each([
    ["temperature", 3],
    ["top_p", -1],
    ["max_output_tokens", 0],
    ["max_output_tokens", "100"],
    ["stream", "true"],
    ["store", 1],
    ["instructions", ["x"]],
    ["metadata", "x"],
    ["reasoning", "high"],
    ["reasoning", { effort: 3 }],
    ["text", "x"],
    ["text", { format: "json" }],
    ["text", { format: { type: "json_schema" } }],
    ["include", "x"],
    ["include", [1]],
    ["model", ""],
    ["previous_response_id", "resp_1"],
    ["conversation", { id: "conv_1" }],
    ["background", true],
  ])("C30 C34 C48 %s: %j is 400", (name, value) => {
    expect(refused(withFields({ [name]: value }))).toMatchObject({ status: 400, param: name });
  });

  test("what asks for nothing that is kept is fine", () => {
    const nothing = { previous_response_id: null, conversation: null, background: false };
    expect(accepted(withFields(nothing)).gaps).toEqual([]);
  });
});

describe("for a backend of the same dialect", () => {
  function same(text: string, params: Params = {}, type: BackendType = "openai"): string | undefined {
    const read = accepted(text);
    const merged = { ...params, ...read.request.params };
    return encodeSame(read, { type, model: "n", params: merged, stream: read.stream, key: undefined }).body;
  }

  test("only the model changes, and nothing is added by itself", () => {
    expect(same('{"model":"m", "input":"hi","stream":true,"x":12345678901234567890}')).toBe(
      '{"model":"n", "input":"hi","stream":true,"x":12345678901234567890}',
    );
  });

  test("a profile's parameters stand behind, where the client states none", () => {
    const params = { temperature: 0.5, max_tokens: 99, reasoning_effort: "high", store: true };
    expect(same('{"model":"m","input":"hi","max_output_tokens":50}', params)).toBe(
      '{"model":"n","input":"hi","max_output_tokens":50,"temperature":0.5,"reasoning":{"effort":"high"},"store":true}',
    );
  });

  test("an object of which the client states a part is completed", () => {
    const params = { reasoning_effort: "high", verbosity: "low" };
    expect(
      same('{"model":"m","input":"hi","reasoning":{"summary":"auto"},"text":{"verbosity":"high"}}', params),
    ).toBe(
      '{"model":"n","input":"hi","reasoning":{"effort":"high","summary":"auto"},"text":{"verbosity":"high"}}',
    );
  });

  test("what other dialects proved is taken out, and its own proofs stay", () => {
    const encrypted_content = sealProof({ proof: { dialect: "anthropic", data: "x" } });
    const own = { type: "reasoning", summary: [], encrypted_content: "e" };
    const input = [own, { ...own, encrypted_content }, { role: "user", content: "hi" }];
    expect(JSON.parse(same(JSON.stringify({ model: "m", input })) ?? "").input).toEqual([own, input[2]]);
  });
});
