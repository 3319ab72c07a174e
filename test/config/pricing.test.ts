import { describe, expect, it } from "vitest";
import { misreadModel } from "../../src/config/misread.ts";
import { checkConfig } from "../../src/config/validate.ts";

const FILE = "/x/config.json";
const rates = { input_per_1k: 0.0025, output_per_1k: 0.01 };

describe("A001-15 pricing", () => {
  it("is a table by backend and model", () => {
    const price = { ...rates, cached_input_per_1k: 0.00125, cache_write_per_1k: 0.003 };
    const { pricing, warnings } = checkConfig({ pricing: { openai: { "gpt-4.1": price } } }, FILE);
    expect(pricing.get("openai")?.get("gpt-4.1")).toEqual({
      input: 0.0025,
      output: 0.01,
      cachedInput: 0.00125,
      cacheWrite: 0.003,
    });
    expect(warnings).toEqual([]);
  });

  it.each([
    [-1, "not -1"],
    ["0.1", 'not "0.1"'],
    [null, "not null"],
  ])("S3 a rate of %j is refused with file, key and what is allowed", (rate, found) => {
    const pricing = { openai: { "gpt-4.1": { ...rates, input_per_1k: rate } } };
    expect(() => checkConfig({ pricing }, FILE)).toThrow(
      `${FILE}: pricing.openai."gpt-4.1".input_per_1k: has to be a number of USD per 1000 tokens, 0 or more, ${found}`,
    );
  });

  it("names of configured backends, presets and types are known", () => {
    const { warnings } = checkConfig(
      {
        backends: { box: { type: "ollama" } },
        pricing: { box: { m: rates }, groq: { m: rates }, generic: { m: rates } },
      },
      FILE,
    );
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ opnai: { m: rates } }, "pricing.opnai: no backend and no type has this name (did you mean openai"],
    [{ openai: { m: { input_per_1k: 1 } } }, "pricing.openai.m.output_per_1k: is missing"],
    [{ openai: { m: { ...rates, inptu_per_1k: 1 } } }, "pricing.openai.m.inptu_per_1k: unknown key"],
  ])("%j is doubtful, which is said with file and key", (pricing, said) => {
    const { warnings } = checkConfig({ pricing }, FILE);
    expect(warnings).toEqual([expect.stringContaining(`${FILE}: ${said}`)]);
  });
});

describe("a path to a price", () => {
  it.each([
    ["pricing.openai.gpt-4.1.input_per_1k", ["pricing", "openai", "gpt-4.1", "input_per_1k"]],
    ["pricing.openai.gpt-4.1", ["pricing", "openai", "gpt-4.1"]],
    ["pricing.openai.gpt-4.1.inptu_per_1k", ["pricing", "openai", "gpt-4.1", "inptu_per_1k"]],
  ])("%s was meant as a model with a dot", (said, meant) => {
    expect(misreadModel(said.split("."))).toEqual(meant);
  });

  it.each(["pricing.openai.gpt-4o.input_per_1k", "pricing.openai.gpt-4o", "pricing", "backends.a.b.c.d"])(
    "%s is what it says",
    (said) => {
      expect(misreadModel(said.split("."))).toBeUndefined();
    },
  );
});
