import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";

/**
 * A schema as structured outputs take it: every object closed, and what the API cannot enforce told in the description instead, as
 * Anthropic's own SDKs do: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function strictSchema(schema: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  const told: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (LEFT_OUT.has(name)) continue;
    if (UNENFORCED.has(name) && !(name === "minItems" && (value === 0 || value === 1))) {
      told.push(`${name}: ${JSON.stringify(value)}`);
    } else if (name === "oneOf") kept["anyOf"] = inner(value);
    else if (OF_SCHEMAS.has(name)) kept[name] = named(value);
    else kept[name] = HOLDS_SCHEMA.has(name) ? inner(value) : value;
  }
  if (isJsonObject(kept["properties"]) || kept["type"] === "object") kept["additionalProperties"] = false;
  if (told.length === 0) return kept;
  const description = typeof kept["description"] === "string" ? `${kept["description"]} ` : "";
  return { ...kept, description: `${description}{${told.join(", ")}}` };
}

const LEFT_OUT: ReadonlySet<string> = new Set(["$schema", "$id", "additionalProperties", "strict"]);

const UNENFORCED: ReadonlySet<string> = new Set([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
]);

const OF_SCHEMAS: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);
const HOLDS_SCHEMA: ReadonlySet<string> = new Set(["items", "anyOf", "allOf", "not"]);

function inner(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => inner(one));
  return isJsonObject(value) ? strictSchema(value) : value;
}

function named(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]));
}
