import type { Tool, ToolChoice } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member, textOf } from "../checks.ts";
import { MAX_TOOLS } from "../tool-limits.ts";
import { areStrings } from "../value-checks.ts";
import { fieldsOf, fieldsOfList } from "./door-fields.ts";
import { jsonSchemaOf } from "./door-schema.ts";

/** https://ai.google.dev/api/caching#FunctionDeclaration */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/;

/** The functions that a request declares. What Google itself runs (search, code, …) is noted as a gap. */
export function readTools(
  list: Json | undefined,
  complaints: Complaints,
  gap: (path: string) => void,
): readonly Tool[] {
  if (list === undefined) return [];
  const tools = fieldsOfList(list, "tools", complaints).flatMap(({ object, path }) => {
    const { functionDeclarations, ...own } = object;
    for (const name of Object.keys(own)) gap(`${path}.${name}`);
    return functionDeclarations === undefined
      ? []
      : fieldsOfList(functionDeclarations, `${path}.functionDeclarations`, complaints);
  });
  if (tools.length > MAX_TOOLS) complaints.add("tools", `has more than ${MAX_TOOLS} functions`);
  return tools.map(({ object, path }) => readTool(object, path, complaints));
}

function readTool(said: JsonObject, path: string, complaints: Complaints): Tool {
  const name = textOf(said, "name", path, complaints);
  if (!NAME.test(name)) {
    complaints.add(
      `${path}.name`,
      "has to begin with a letter or _ and hold at most 128 letters, digits, _ . : or - (Google's rule)",
    );
  }
  const description = member(said, "description");
  const schema = readSchema(said, "parameters", "parametersJsonSchema", path, complaints);
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(schema !== undefined && { parameters: schema }),
  };
}

/** A schema that stands under one of two names: in Google's words, or as a JSON Schema. */
export function readSchema(
  holder: JsonObject,
  googles: string,
  plain: string,
  path: string,
  complaints: Complaints,
): JsonObject | undefined {
  for (const name of [googles, plain]) {
    const schema = member(holder, name);
    if (isJsonObject(schema)) return name === plain ? schema : jsonSchemaOf(schema);
    if (schema !== undefined) complaints.add(`${path}.${name}`, "has to be an object");
  }
  return undefined;
}

/** What a client lets the model do with the functions: which it may call, and whether it has to. */
export interface Calling {
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
}

/** `VALIDATED` is `AUTO` with calls that keep to their schema, which others do anyway. */
const MODES: ReadonlyMap<string, "auto" | "none" | "required" | undefined> = new Map([
  ["MODE_UNSPECIFIED", undefined],
  ["AUTO", "auto"],
  ["VALIDATED", "auto"],
  ["ANY", "required"],
  ["NONE", "none"],
] as const);

/** Reads `toolConfig`. Functions that must not be called now are left out: other dialects have no list of those that may. */
export function readCalling(
  toolConfig: Json | undefined,
  tools: readonly Tool[],
  complaints: Complaints,
): Calling {
  if (toolConfig === undefined) return { tools };
  const config = isJsonObject(toolConfig) ? (fieldsOf(toolConfig)["functionCallingConfig"] ?? {}) : undefined;
  if (!isJsonObject(config)) {
    complaints.add("toolConfig", "has to be an object with a functionCallingConfig");
    return { tools };
  }
  const { mode = "MODE_UNSPECIFIED", allowedFunctionNames: allowed = [] } = fieldsOf(config);
  const path = "toolConfig.functionCallingConfig";
  const word = typeof mode === "string" ? mode.toUpperCase() : "";
  if (!MODES.has(word)) complaints.add(`${path}.mode`, "has to be one of AUTO, ANY, NONE, VALIDATED");
  if (!areStrings(allowed)) {
    complaints.add(`${path}.allowedFunctionNames`, "has to be a list of strings");
    return { tools };
  }
  const choice = MODES.get(word);
  const [only, ...more] = allowed;
  if (choice === "required" && only !== undefined && more.length === 0) {
    return { tools, toolChoice: { name: only } };
  }
  return {
    tools: allowed.length === 0 ? tools : tools.filter(({ name }) => allowed.includes(name)),
    ...(choice !== undefined && { toolChoice: choice }),
  };
}
