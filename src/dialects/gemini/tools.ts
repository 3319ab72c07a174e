import type { Tool, ToolChoice } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";

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
