import { describe, expect, it } from "vitest";
import type { Params } from "../../../src/core/chat.ts";
import { translateParams } from "../../../src/dialects/anthropic/params.ts";
import { asking } from "./fixtures.ts";

const of = (params: Params, model = "claude-sonnet-4-5", request = asking()) =>
  translateParams(request, { model, params });
const harmless = (...fields: readonly string[]) => fields.map((field) => ({ field, harmless: true }));
const blocking = (...fields: readonly string[]) => fields.map((field) => ({ field, harmless: false }));

describe("parameters for Anthropic", () => {
  it.each<[string, Params, object, readonly object[]]>([
    ["a limit", { max_completion_tokens: 7 }, { max_tokens: 7 }, []],
    ["a temperature above 1", { temperature: 1.5 }, { temperature: 1 }, harmless("temperature")],
    ["two samplers", { temperature: 0.5, top_p: 0.9 }, { temperature: 0.5 }, harmless("top_p")],
    ["one stop", { stop: "END" }, { stop_sequences: ["END"] }, []],
    ["a blank stop", { stop: ["\n", "x"] }, { stop_sequences: ["x"] }, harmless("stop")],
    ["a user", { user: "u1" }, { metadata: { user_id: "u1" } }, []],
    ["what only Anthropic knows", { top_k: 4, service_tier: "auto" }, { top_k: 4, service_tier: "auto" }, []],
    ["what has no place", { seed: 1, logit_bias: { 1: 2 } }, {}, harmless("seed", "logit_bias")],
    ["several answers", { n: 2, logprobs: true }, {}, blocking("n", "logprobs")],
    ["nothing but null", { temperature: null, stop: null, n: null }, {}, []],
    ["any JSON", { response_format: { type: "json_object" } }, {}, blocking("response_format")],
  ])("A001-32 translate %s", (_what, params, fields, gaps) => {
    expect(of(params)).toEqual({ fields: { max_tokens: 4096, ...fields }, gaps });
  });

  it("close the objects of a schema and tell what cannot be enforced", () => {
    const schema = {
      $schema: "x",
      type: "object",
      properties: {
        age: { type: "integer", minimum: 0, description: "Years" },
        tags: { type: "array", minItems: 1, items: { oneOf: [{ type: "string" }] } },
      },
    };
    const { fields } = of({ response_format: { type: "json_schema", json_schema: { name: "p", schema } } });
    expect(fields["output_config"]).toEqual({
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: {
            age: { type: "integer", description: "Years {minimum: 0}" },
            tags: { type: "array", minItems: 1, items: { anyOf: [{ type: "string" }] } },
          },
          additionalProperties: false,
        },
      },
    });
    expect(
      of({ response_format: { type: "json_schema", json_schema: { schema } } }, "claude-3-5-haiku").gaps,
    ).toEqual(blocking("response_format"));
  });

  it.each([
    ["format", "uri-reference", 'String {format: "uri-reference"}'],
    ["pattern", "^a", 'String {pattern: "^a"}'],
    ["propertyNames", { type: "string" }, 'String {propertyNames: {"type":"string"}}'],
    ["format", "uri", "String"],
  ])("tell the keyword %s of a schema, where the API has none (%j)", (word, value, description) => {
    const schema = { type: "string", description: "String", [word]: value };
    const { fields } = of({ response_format: { type: "json_schema", json_schema: { schema } } });
    expect(fields["output_config"]).toMatchObject({ format: { schema: { description } } });
    const kept = description === "String" ? { [word]: value } : {};
    expect(fields["output_config"]).toEqual({
      format: { type: "json_schema", schema: { type: "string", description, ...kept } },
    });
  });

  it("keep objects of any names away, which would come out empty", () => {
    const map = { type: "object", additionalProperties: { type: "number" } };
    const asked = (schema: object) =>
      of({ response_format: { type: "json_schema", json_schema: { schema: { ...schema } } } }).gaps;
    expect(asked(map)).toEqual(blocking("response_format"));
    expect(asked({ type: "object", properties: { by: { anyOf: [map, { type: "null" }] } } })).toEqual(
      blocking("response_format"),
    );
    expect(asked({ ...map, properties: { a: { type: "number" } } })).toEqual([]);
  });

  it.each([
    ["claude-3-haiku-20240307", 4_096],
    ["claude-3-5-haiku-latest", 8_192],
    ["claude-opus-4-1-20250805", 32_000],
    ["claude-opus-4-20250514", 32_000],
    ["claude-sonnet-4-5", 64_000],
    ["claude-opus-5", 100_000],
    ["somebody-elses", 100_000],
  ])("ask %s for no more than it can answer", (model, most) => {
    const { fields, gaps } = of({ max_tokens: 100_000 }, model);
    expect(fields["max_tokens"]).toBe(most);
    expect(gaps).toEqual(most === 100_000 ? [] : harmless("max_tokens"));
    expect(of({ max_tokens: 4_096 }, model).gaps).toEqual([]);
  });

  it("know no effort by a name that every object has", () => {
    for (const model of ["claude-sonnet-4-5", "claude-opus-4-6"]) {
      expect(of({ reasoning_effort: "toString" }, model).gaps).toEqual(harmless("reasoning_effort"));
    }
  });

  it.each<[string, Params, object, readonly object[]]>([
    [
      "claude-sonnet-4-5",
      { reasoning_effort: "medium" },
      { max_tokens: 12_288, thinking: { type: "enabled", budget_tokens: 8192 } },
      [],
    ],
    [
      "claude-3-7-sonnet-latest",
      { reasoning_effort: "high", max_tokens: 4096 },
      { max_tokens: 4096, thinking: { type: "enabled", budget_tokens: 3072 } },
      [],
    ],
    [
      "claude-sonnet-4-5",
      { reasoning_effort: "low", max_tokens: 1500 },
      { max_tokens: 1500 },
      harmless("reasoning_effort"),
    ],
    [
      "claude-3-5-haiku-latest",
      { reasoning_effort: "low" },
      { max_tokens: 4096 },
      harmless("reasoning_effort"),
    ],
    ["claude-sonnet-4-5", { reasoning_effort: "none" }, { max_tokens: 4096 }, []],
    [
      "claude-opus-4-6",
      { reasoning_effort: "xhigh" },
      { max_tokens: 28_672, thinking: { type: "adaptive" }, output_config: { effort: "high" } },
      [],
    ],
    ["claude-opus-4-6", { reasoning_effort: "none" }, { max_tokens: 4096 }, []],
    [
      "claude-opus-5-5",
      { reasoning_effort: "none" },
      { max_tokens: 5120, output_config: { effort: "low" } },
      harmless("reasoning_effort"),
    ],
    ["claude-opus-5", {}, { max_tokens: 20_480 }, []],
    [
      "claude-sonnet-4-5",
      { thinking: { type: "enabled", budget_tokens: 2000 } },
      { max_tokens: 6096, thinking: { type: "enabled", budget_tokens: 2000 } },
      [],
    ],
    [
      "claude-sonnet-4-5",
      { reasoning_effort: "low", temperature: 0.2, top_p: 0.5, top_k: 3 },
      { max_tokens: 6144, thinking: { type: "enabled", budget_tokens: 2048 } },
      harmless("temperature", "top_p", "top_k"),
    ],
    [
      "claude-opus-4-7",
      { temperature: 0.2, top_p: 0.5, top_k: 3 },
      { max_tokens: 4096 },
      harmless("temperature", "top_p", "top_k"),
    ],
  ])("let %s think as %j", (model, params, fields, gaps) => {
    expect(of(params, model)).toEqual({ fields, gaps });
  });

  it("give up a budget where a tool is forced, or a turn goes on without its signed thinking", () => {
    const effort = { reasoning_effort: "low" };
    expect(of(effort, "claude-sonnet-4-5", asking({ toolChoice: "required" })).gaps).toEqual(
      harmless("reasoning_effort"),
    );
    const going = asking({
      messages: [
        ...asking().messages,
        { role: "assistant", parts: [{ type: "tool-call", id: "a", name: "f", arguments: "{}" }] },
        { role: "tool", parts: [{ type: "tool-result", id: "a", content: [] }] },
      ],
    });
    expect(of(effort, "claude-sonnet-4-5", going).gaps).toEqual(harmless("reasoning_effort"));
    expect(of(effort, "claude-opus-4-6", going).gaps).toEqual([]);
  });
});
