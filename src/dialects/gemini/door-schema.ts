import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { fieldsOf } from "./door-fields.ts";

/** Counts are 64-bit integers, which protocol buffers write as strings. */
const COUNTS: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);

/**
 * A schema in Google's words as a JSON Schema: types in capitals, `nullable`, counts as strings. What is a JSON Schema already, as many
 * clients send it, stays what it is. https://ai.google.dev/api/caching#Schema
 */
export function jsonSchemaOf(stated: JsonObject): JsonObject {
  const { nullable, propertyOrdering: _, ...schema } = fieldsOf(stated);
  const said = Object.entries(schema).flatMap(([name, value]): [string, Json][] => {
    if (name === "type") return typeOf(value);
    if (COUNTS.has(name)) return [[name, typeof value === "string" ? Number(value) : value]];
    return [[name, inner(name, value)]];
  });
  return nullable === true ? orNull(Object.fromEntries(said)) : Object.fromEntries(said);
}

function typeOf(type: Json): [string, Json][] {
  if (typeof type !== "string") return [["type", type]];
  return type === "TYPE_UNSPECIFIED" ? [] : [["type", type.toLowerCase()]];
}

/** Names of properties are the client's own, and so are examples and defaults. */
function inner(name: string, value: Json): Json {
  if (name === "properties" && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, schemaOr(one)]));
  }
  if (name === "items" || name === "additionalProperties") return schemaOr(value);
  return Array.isArray(value) && /^(any|one|all)Of$|^prefixItems$/.test(name) ? value.map(schemaOr) : value;
}

function schemaOr(value: Json): Json {
  return isJsonObject(value) ? jsonSchemaOf(value) : value;
}

function orNull(schema: JsonObject): JsonObject {
  const { type, enum: values, ...rest } = schema;
  if (typeof type !== "string") return { anyOf: [schema, { type: "null" }] };
  const orNullToo = Array.isArray(values) && { enum: [...values, null] };
  return { type: [type, "null"], ...orNullToo, ...rest };
}
