import { describe, expect, test } from "vitest";
import { accepted, HI, refused, withFields } from "./door-fixtures.ts";

describe("the path", () => {
  test.each([
    ["gemini-2.5-flash:generateContent", "gemini-2.5-flash", "chat", false],
    ["a/b:generateContent", "a/b", "chat", false],
    ["qwen2.5:7b:streamGenerateContent", "qwen2.5:7b", "chat", true],
    ["models/m:countTokens", "m", "count", false],
  ])("%s asks %s", (rest, model, task, stream) => {
    expect(accepted(withFields({}), { rest })).toMatchObject({ model, task, stream });
  });

  test.each(["m:predict", "m", "m:", ":generateContent", " :generateContent", "", "m:generateContent:"])(
    "C29 %j is no method",
    (rest) => {
      expect(refused(withFields({}), { rest })).toMatchObject({ status: 404, code: "unknown_route" });
    },
  );

  test("C26 a name of more than 512 characters is refused", () => {
    const rest = `${"x".repeat(513)}:generateContent`;
    expect(refused(withFields({}), { rest })).toMatchObject({ status: 400, code: "invalid_model" });
  });

  test.each([
    [{ alt: "sse" }, false],
    [{ alt: "json" }, true],
    [{ $alt: "json;enum-encoding=int" }, true],
    [{}, true],
  ])("a stream with %j comes as one array: %s", (query, array) => {
    const rest = "m:streamGenerateContent";
    expect(accepted(withFields({}), { rest, query }).forAnswer).toMatchObject({ array });
  });

  test("a stream comes in no other form", () => {
    const rest = "m:streamGenerateContent";
    expect(refused(withFields({}), { rest, query: { alt: "proto" } })).toMatchObject({ param: "alt" });
  });
});

describe("the body", () => {
  test("stands in snake case as well, and null states nothing", () => {
    const { request, gaps } = accepted({
      contents: { parts: { text: "hi" } },
      system_instruction: { parts: { text: "brief" } },
      generation_config: { max_output_tokens: 7, top_p: 0.5, top_k: null },
      tools: [{ function_declarations: [{ name: "f", parameters_json_schema: { type: "object" } }] }],
      tool_config: { function_calling_config: { mode: "any" } },
      safety_settings: null,
    });
    expect(request).toEqual({
      messages: [
        { role: "system", parts: [{ type: "text", text: "brief" }] },
        { role: "user", parts: [{ type: "text", text: "hi" }] },
      ],
      tools: [{ name: "f", parameters: { type: "object" } }],
      toolChoice: "required",
      params: { max_tokens: 7, top_p: 0.5 },
    });
    expect(gaps).toEqual([]);
  });

  test("C22 does not state a field under both of its names", () => {
    const twice = withFields({ generationConfig: { seed: 1 }, generation_config: { seed: 2 } });
    expect(refused(twice)).toMatchObject({ status: 400, code: "duplicate_key" });
  });

  test("is counted, or the request that stands in it", () => {
    const rest = "m:countTokens";
    const generateContentRequest = { model: "models/m", contents: HI };
    for (const body of [withFields({}), { generateContentRequest }])
      expect(accepted(body, { rest }).request.messages).toHaveLength(1);
    expect(refused({ generateContentRequest: 1 }, { rest }).param).toBe("generateContentRequest");
  });

  test.each([
    ["contents", {}, {}],
    ["contents", { contents: [] }, {}],
    ["contents", { contents: "hi" }, {}],
    ["contents[0]", { contents: ["hi"] }, {}],
    ["contents[0].parts", { contents: [{ role: "user" }] }, {}],
    ["contents[0].parts[0]", { contents: [{ parts: ["hi"] }] }, {}],
    ["contents[0].parts[0].text", { contents: [{ parts: [{ text: 1 }] }] }, {}],
    ["contents[0].role", { contents: [{ role: "assistant", parts: [] }] }, {}],
    ["contents[0].role", { contents: [{ role: 1, parts: [] }] }, {}],
    ["systemInstruction", { systemInstruction: 1 }, { contents: HI }],
    ["systemInstruction.parts", { systemInstruction: {} }, { contents: HI }],
    ["tools", { tools: 1 }, { contents: HI }],
    ["tools[0].functionDeclarations", { tools: [{ functionDeclarations: 1 }] }, { contents: HI }],
    ["tools[0].functionDeclarations[0].name", { tools: [{ functionDeclarations: [{}] }] }, { contents: HI }],
    [
      "tools[0].functionDeclarations[0].name",
      { tools: [{ functionDeclarations: [{ name: "a b" }] }] },
      { contents: HI },
    ],
    [
      "tools[0].functionDeclarations[0].parameters",
      { tools: [{ functionDeclarations: [{ name: "f", parameters: 1 }] }] },
      { contents: HI },
    ],
    ["tools", { tools: [{ functionDeclarations: Array(129).fill({ name: "f" }) }] }, { contents: HI }],
    ["tools", { tools: [{ x: "y".repeat(1_048_576) }] }, { contents: HI }],
    ["toolConfig", { toolConfig: [] }, { contents: HI }],
    [
      "toolConfig.functionCallingConfig.mode",
      { toolConfig: { functionCallingConfig: { mode: "SOME" } } },
      { contents: HI },
    ],
    [
      "toolConfig.functionCallingConfig.mode",
      { toolConfig: { functionCallingConfig: { mode: 1 } } },
      { contents: HI },
    ],
    [
      "toolConfig.functionCallingConfig.allowedFunctionNames",
      { toolConfig: { functionCallingConfig: { allowedFunctionNames: [1] } } },
      { contents: HI },
    ],
  ])("C36 C40 C41 %s is wrong in %j", (param, fields, more) => {
    expect(refused({ ...more, ...fields })).toMatchObject({ status: 400, code: "invalid_request", param });
  });
});

describe("generationConfig", () => {
  const paramsOf = (generationConfig: unknown) => accepted(withFields({ generationConfig })).request.params;

  test("has other names than OpenAI", () => {
    expect(
      paramsOf({
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        maxOutputTokens: 5,
        seed: 3,
        presencePenalty: 1,
        frequencyPenalty: -1,
        stopSequences: ["END"],
        candidateCount: 1,
        responseModalities: ["TEXT"],
        responseLogprobs: false,
      }),
    ).toEqual({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 5,
      seed: 3,
      presence_penalty: 1,
      frequency_penalty: -1,
      stop: ["END"],
    });
  });

  test.each([
    [{ responseMimeType: "text/plain" }, undefined],
    [{ responseMimeType: "application/json" }, { type: "json_object" }],
    [
      { responseMimeType: "application/json", responseJsonSchema: { type: "object" } },
      { type: "json_schema", json_schema: { name: "response", schema: { type: "object" } } },
    ],
    [
      { responseMimeType: "application/json", _responseJsonSchema: { type: "object" } },
      { type: "json_schema", json_schema: { name: "response", schema: { type: "object" } } },
    ],
    [
      {
        responseMimeType: "application/json",
        responseSchema: {
          type: "OBJECT",
          properties: {
            type: { type: "STRING", nullable: true, enum: ["A"] },
            list: { type: "ARRAY", minItems: "1", items: { type: "INTEGER" } },
            any: { anyOf: [{ type: "NUMBER" }, { type: "TYPE_UNSPECIFIED", nullable: true }] },
          },
          propertyOrdering: ["type"],
          required: ["type"],
          additionalProperties: false,
        },
      },
      {
        type: "json_schema",
        json_schema: {
          name: "response",
          schema: {
            type: "object",
            properties: {
              type: { type: ["string", "null"], enum: ["A", null] },
              list: { type: "array", minItems: 1, items: { type: "integer" } },
              any: { anyOf: [{ type: "number" }, { anyOf: [{}, { type: "null" }] }] },
            },
            required: ["type"],
            additionalProperties: false,
          },
        },
      },
    ],
  ])("A001-32 %j is the format %j", (config, format) => {
    expect(paramsOf(config)["response_format"]).toEqual(format);
  });

  test("a schema that is one already stays as it is", () => {
    const schema = { type: ["string", "null"], minLength: 2, $defs: { a: true }, items: true };
    const config = { responseMimeType: "application/json", responseSchema: schema };
    expect(paramsOf(config)["response_format"]).toMatchObject({ json_schema: { schema } });
  });

  test.each([
    [{ thinkingBudget: 0 }, "none", false],
    [{ thinkingBudget: 512, includeThoughts: true }, "low", true],
    [{ thinkingBudget: 8192 }, "medium", false],
    [{ thinkingBudget: 24_576 }, "high", false],
    [{ thinkingBudget: -1 }, undefined, false],
    [{ thinkingLevel: "HIGH" }, "high", false],
    [{ thinkingLevel: "THINKING_LEVEL_UNSPECIFIED" }, undefined, false],
    [{ includeThoughts: true }, undefined, true],
  ])("%j is the effort %s, and thoughts are shown: %s", (thinkingConfig, effort, thoughts) => {
    const read = accepted(withFields({ generationConfig: { thinkingConfig } }));
    expect(read.request.params["reasoning_effort"]).toBe(effort);
    expect(read.forAnswer).toMatchObject({ thoughts });
  });

  test.each([
    ["temperature", 3],
    ["topP", -1],
    ["topK", 0],
    ["maxOutputTokens", "100"],
    ["maxOutputTokens", 1.5],
    ["seed", 0.5],
    ["stopSequences", "END"],
    ["stopSequences", [1]],
    ["candidateCount", 0],
    ["responseMimeType", 1],
    ["responseSchema", 1],
    ["responseLogprobs", "yes"],
    ["thinkingConfig", 1],
  ])("C30 C34 %s has to make sense, and %j does not", (name, value) => {
    expect(refused(withFields({ generationConfig: { [name]: value } }))).toMatchObject({
      status: 400,
      param: `generationConfig.${name}`,
    });
  });

  test.each([
    { thinkingLevel: "most" },
    { thinkingLevel: 1 },
    { thinkingBudget: -2 },
    { thinkingBudget: "1" },
  ])("%j says not how much to think", (thinkingConfig) => {
    const param = `generationConfig.thinkingConfig.${Object.keys(thinkingConfig)[0]}`;
    expect(refused(withFields({ generationConfig: { thinkingConfig } })).param).toBe(param);
  });

  test("C35 gives one answer", () => {
    expect(refused(withFields({ generationConfig: { candidateCount: 2 } })).code).toBe("unsupported_n");
    expect(refused(withFields({ generationConfig: [] })).param).toBe("generationConfig");
  });
});

describe("what only Google understands is a gap", () => {
  test.each([
    [{ cachedContent: "cachedContents/x" }, "cachedContent", false],
    [{ safetySettings: [{ category: "c", threshold: "BLOCK_LOW_AND_ABOVE" }] }, "safetySettings", false],
    [{ safetySettings: {} }, "safetySettings", false],
    [{ safetySettings: [{ category: "c", threshold: "BLOCK_NONE" }] }, "safetySettings", true],
    [{ labels: { a: "b" } }, "labels", true],
    [{ unheardOf: 1 }, "unheardOf", true],
    [{ tools: [{ googleSearch: {} }] }, "tools[0].googleSearch", false],
    [{ tools: [{ code_execution: {} }] }, "tools[0].codeExecution", false],
    [{ generationConfig: { responseLogprobs: true } }, "generationConfig.responseLogprobs", false],
    [{ generationConfig: { logprobs: 2 } }, "generationConfig.logprobs", true],
    [{ generationConfig: { mediaResolution: "LOW" } }, "generationConfig.mediaResolution", true],
    [{ generationConfig: { speechConfig: {} } }, "generationConfig.speechConfig", false],
    [
      { generationConfig: { responseModalities: ["TEXT", "IMAGE"] } },
      "generationConfig.responseModalities",
      false,
    ],
    [{ generationConfig: { responseMimeType: "text/x.enum" } }, "generationConfig.responseMimeType", false],
    [{ systemInstruction: { parts: [{ inlineData: {} }] } }, "systemInstruction.parts[0].inlineData", false],
  ])("in %j it is %s, harmless: %s", (fields, field, harmless) => {
    expect(accepted(withFields(fields)).gaps).toEqual([{ field, harmless }]);
  });
});

describe("functions", () => {
  const tools = [{ functionDeclarations: [{ name: "f", description: "d" }, { name: "g.h:i-j" }] }];
  const calling = (functionCallingConfig: object) => {
    const read = accepted(withFields({ tools, toolConfig: { functionCallingConfig } })).request;
    return { tools: read.tools.map(({ name }) => name), choice: read.toolChoice };
  };

  test.each([
    [{}, ["f", "g.h:i-j"], undefined],
    [{ mode: "AUTO" }, ["f", "g.h:i-j"], "auto"],
    [{ mode: "VALIDATED" }, ["f", "g.h:i-j"], "auto"],
    [{ mode: "NONE" }, ["f", "g.h:i-j"], "none"],
    [{ mode: "ANY" }, ["f", "g.h:i-j"], "required"],
    [{ mode: "ANY", allowedFunctionNames: ["f"] }, ["f", "g.h:i-j"], { name: "f" }],
    [{ mode: "ANY", allowedFunctionNames: ["f", "x"] }, ["f"], "required"],
  ])("X-05 with %j the model may call %j: %j", (config, names, choice) => {
    expect(calling(config)).toEqual({ tools: names, choice });
  });

  test("parameters in Google's words are a JSON Schema", () => {
    const parameters = { type: "OBJECT", properties: { nullable: { type: "BOOLEAN" } } };
    const read = accepted(withFields({ tools: { functionDeclarations: { name: "f", parameters } } }));
    expect(read.request.tools).toEqual([
      { name: "f", parameters: { type: "object", properties: { nullable: { type: "boolean" } } } },
    ]);
  });
});
