import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";

/**
 * A schema as structured outputs take it: every object closed, and what the API cannot enforce told in the description instead, as
 * Anthropic's own SDKs do: https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function strictSchema(schema: JsonObject): JsonObject {
  const kept: Record<string, Json> = {};
  const told: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (LEFT_OUT.has(name)) continue;
    if (name === "oneOf") kept["anyOf"] = inner(value);
    else if (OF_SCHEMAS.has(name)) kept[name] = named(value);
    else if (HOLDS_SCHEMA.has(name)) kept[name] = inner(value);
    else if (ENFORCED.has(name) || isEnforced(name, value)) kept[name] = value;
    else told.push(`${name}: ${JSON.stringify(value)}`);
  }
  if (isJsonObject(kept["properties"]) || kept["type"] === "object") kept["additionalProperties"] = false;
  if (told.length === 0) return kept;
  const description = typeof kept["description"] === "string" ? `${kept["description"]} ` : "";
  return { ...kept, description: `${description}{${told.join(", ")}}` };
}

/** Whether a schema has objects of any names (`additionalProperties`), which would come out empty. */
export function hasOpenObjects(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.some((one: Json) => hasOpenObjects(one));
  if (!isJsonObject(schema)) return false;
  const { additionalProperties: more = false, properties = {} } = schema;
  const open = more !== false && isJsonObject(properties) && Object.keys(properties).length === 0;
  return open || Object.values(schema).some(hasOpenObjects);
}

const LEFT_OUT: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "additionalProperties",
  "strict",
]);

const ENFORCED: ReadonlySet<string> = new Set([
  "type",
  "title",
  "description",
  "enum",
  "const",
  "default",
  "required",
  "$ref",
]);

const FORMATS: ReadonlySet<Json> = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "uri",
  "ipv4",
  "ipv6",
  "uuid",
]);

function isEnforced(name: string, value: Json): boolean {
  return name === "format" ? FORMATS.has(value) : name === "minItems" && (value === 0 || value === 1);
}

const OF_SCHEMAS: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);
const HOLDS_SCHEMA: ReadonlySet<string> = new Set(["items", "anyOf", "allOf"]);

function inner(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => inner(one));
  return isJsonObject(value) ? strictSchema(value) : value;
}

function named(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]));
}
