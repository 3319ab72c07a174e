import { describe, expect, it } from "vitest";
import { PRESETS } from "../../src/backends/clouds.ts";
import { BACKEND_TYPES } from "../../src/backends/types.ts";
import { ENVIRONMENT } from "../../src/config/env.ts";
import { jsonSchema } from "../../src/config/schema.ts";
import { SECTION_KEYS } from "../../src/config/sections.ts";
import { allowedText, defaultText, SETTINGS } from "../../src/config/settings-table.ts";
import { checkConfig } from "../../src/config/validate.ts";
import { isJsonObject, isObject, type Json } from "../../src/core/json.ts";
import { fillPage, markdownTable, projectFile } from "../support/generated.ts";

const PAGE = "docs/configuration.md";

const code = (text: string) => `\`${text}\``;

const page = fillPage(PAGE, {
  types: markdownTable(
    ["type", "place", "default port", "parameters beyond OpenAI's"],
    Object.entries(BACKEND_TYPES).map(([name, row]) => [
      code(name),
      row.place,
      String(row.port ?? "—"),
      row.extraParams.map(code).join(" "),
    ]),
  ),
  presets: markdownTable(
    ["name", "address", "key variable"],
    Object.entries(PRESETS).map(([name, { record, env }]) => [
      code(name),
      record.url ?? "",
      env.map(code).join(" or "),
    ]),
  ),
  settings: markdownTable(
    ["setting", "default", "allowed", "meaning"],
    SETTINGS.map((row) => [code(row.name), defaultText(row), allowedText(row), row.meaning]),
  ),
  sections: markdownTable(
    ["key", "default", "allowed", "meaning"],
    SECTION_KEYS.map(({ section, name, fallback, allowed, meaning }) => [
      code(`${section}.${name}`),
      code(JSON.stringify(fallback)),
      allowed,
      meaning,
    ]),
  ),
  environment: markdownTable(
    ["variable", "meaning"],
    ENVIRONMENT.map(({ name, meaning }) => [code(name), meaning]),
  ),
});

describe("docs/configuration.md", () => {
  it("has the tables that the program itself uses (after a change: npm run docs)", async () => {
    await expect(page).toMatchFileSnapshot(projectFile(PAGE));
  });

  it.each(["config", "profile"] as const)("X-04 names every key of the %s schema", (file) => {
    const unnamed = [...keysOf(jsonSchema(file))].filter((key) => !page.includes(key));
    expect(unnamed).toEqual([]);
  });
});

const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)]
  .map(([, text = ""]): Json => JSON.parse(text))
  .filter(isJsonObject)
  .filter((example) => !("type" in example));

describe("the examples of config.json", () => {
  it("are valid together, and nothing in them is doubtful", () => {
    expect(examples.length).toBeGreaterThan(1);
    expect(checkConfig(Object.assign({}, ...examples), "config.json").warnings).toEqual([]);
  });

  it.each(["openai", "anthropic", "google"])("A001-37 have prices for %s", (provider) => {
    const pricing = examples.flatMap((example) =>
      isJsonObject(example["pricing"]) ? [example["pricing"]] : [],
    );
    expect(pricing).toMatchObject([{ [provider]: {} }]);
  });
});

describe("docs/schemas", () => {
  it.each(["config", "profile"] as const)(
    "%s.json is what validates (after a change: npm run docs)",
    async (file) => {
      const schema = `${JSON.stringify(jsonSchema(file), null, 2)}\n`;
      await expect(schema).toMatchFileSnapshot(projectFile(`docs/schemas/${file}.json`));
    },
  );
});

function keysOf(schema: unknown): Set<string> {
  if (Array.isArray(schema)) return new Set(schema.flatMap((each) => [...keysOf(each)]));
  if (!isObject(schema)) return new Set();
  const properties = isObject(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  return new Set([...properties, ...Object.values(schema).flatMap((each) => [...keysOf(each)])]);
}
