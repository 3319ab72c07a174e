import { type ChatRequest, type Gap, type Params, param, type Tool } from "../../core/chat.ts";
import { isJsonObject, type Json } from "../../core/json.ts";

/**
 * Whether OpenAI holds an answer to a schema, which it does where every object is closed and needs all of its properties. Others it
 * refuses as strict, where Anthropic takes them: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
function fits(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.every((one: Json) => fits(one));
  if (!isJsonObject(schema)) return true;
  const { type, properties, required, additionalProperties, items, anyOf, $defs, definitions } = schema;
  if (type === "object" || isJsonObject(properties)) {
    const needed: readonly Json[] = Array.isArray(required) ? required : [];
    const names = Object.keys(isJsonObject(properties) ? properties : {});
    if (additionalProperties !== false || !names.every((name) => needed.includes(name))) return false;
  }
  const named = [properties, $defs, definitions].flatMap((one) =>
    isJsonObject(one) ? Object.values(one) : [],
  );
  return [items, anyOf, ...named].every(fits);
}

/** A tool as it can be declared: strict only where its schema lets it be. */
export function strictIfFit(tool: Tool): Tool {
  return tool.strict && !fits(tool.parameters) ? { ...tool, strict: false } : tool;
}

/** The parameters with a format that is strict only where its schema lets it be. */
export function withFitFormat(params: Params): Params {
  const format = param(params, "response_format");
  const described = isJsonObject(format) ? format["json_schema"] : undefined;
  if (!isJsonObject(format) || !isJsonObject(described)) return params;
  if (described["strict"] !== true || fits(described["schema"])) return params;
  return { ...params, response_format: { ...format, json_schema: { ...described, strict: false } } };
}

/** What is not held to its schema, though it was to be. */
export function strictGaps({ tools }: ChatRequest, params: Params): readonly Gap[] {
  const gaps: Gap[] = [];
  if (tools.some((tool) => strictIfFit(tool) !== tool))
    gaps.push({ field: "tools.function.strict", harmless: true });
  if (withFitFormat(params) !== params) gaps.push({ field: "response_format.strict", harmless: true });
  return gaps;
}
