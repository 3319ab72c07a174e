import type { Tool, ToolChoice } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";

/** https://ai.google.dev/api/caching#FunctionDeclaration */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/;

/** Whether a function may be called so. */
export function isToolName(name: string): boolean {
  return NAME.test(name);
}

/** The name of a function that was called, as Gemini takes it in the history; of one that may be called now it is what it was. */
export function wireName(name: string): string {
  if (isToolName(name)) return name;
  return `_${name.replace(/[^a-zA-Z0-9_.:-]/g, "_")}`.slice(0, 128);
}

/** Declares the tools; schemas go as the JSON Schema that they are. */
export function encodeTools(tools: readonly Tool[]): object[] {
  const functionDeclarations = tools.map(({ name, description, parameters }) => ({
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { parametersJsonSchema: plainSchema(parameters) }),
  }));
  return [{ functionDeclarations }];
}

/** Which tool has to be called: https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes */
export function encodeToolChoice(choice: ToolChoice): object {
  if (typeof choice === "object") {
    return { functionCallingConfig: { mode: "ANY", allowedFunctionNames: [choice.name] } };
  }
  return { functionCallingConfig: { mode: MODES[choice] } };
}

const MODES = { auto: "AUTO", none: "NONE", required: "ANY" } as const;

/** A schema without the address of its own language, which Gemini refuses. */
export function plainSchema({ $schema: _, ...schema }: JsonObject): JsonObject {
  return schema;
}
