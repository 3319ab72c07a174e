import { type ChatRequest, type Params, param, type Tool, type ToolChoice } from "../../core/chat.ts";
import type { WriteMark } from "./cache-marks.ts";

/** Whether a tool may be called so. */
export function isToolName(name: string): boolean {
  return /^[a-zA-Z0-9_-]{1,128}$/.test(name);
}

/** The name of a tool that was called, as the API takes it in the history; of one that may be called now it is what it was. */
export function wireName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 128) || "tool";
}

/** The tools of a request and whether they have to be called. */
export function encodeTools(request: ChatRequest, params: Params, mark: WriteMark): object {
  const { tools, toolChoice } = request;
  if (tools.length === 0) return formerTools(request);
  const alone = param(params, "parallel_tool_calls") === false;
  const choice = toolChoice ?? (alone ? "auto" : undefined);
  return {
    tools: tools.map((tool) => encodeTool(tool, mark)),
    ...(choice !== undefined && { tool_choice: encodeChoice(choice, alone) }),
  };
}

/** A conversation in which tools were called is refused without any: those of the past are named, and none may be called. */
function formerTools({ messages }: ChatRequest): object {
  const names = new Set<string>();
  for (const { parts } of messages)
    for (const part of parts) if (part.type === "tool-call") names.add(wireName(part.name));
  if (names.size === 0) return {};
  return {
    tools: [...names].map((name) => ({ name, input_schema: { type: "object" } })),
    tool_choice: { type: "none" },
  };
}

/** What the API refuses at the top of a schema. */
const NOT_ON_TOP = ["anyOf", "oneOf", "allOf"] as const;

/** Whether a part of a tool's schema has to be told in words. */
export function isToldInWords({ parameters = {} }: Tool): boolean {
  return NOT_ON_TOP.some((name) => name in parameters);
}

function encodeTool({ name, description = "", parameters = {}, cache }: Tool, mark: WriteMark): object {
  const { anyOf, oneOf, allOf, ...schema } = parameters;
  const told = Object.entries({ anyOf, oneOf, allOf }).filter(([, value]) => value !== undefined);
  const said =
    told.length === 0 ? "" : `The input also has to match ${JSON.stringify(Object.fromEntries(told))}`;
  const words = [description, said].filter((text) => text !== "").join("\n\n");
  return {
    name,
    ...(words !== "" && { description: words }),
    input_schema: { ...schema, type: "object" },
    ...mark(cache),
  };
}

function encodeChoice(choice: ToolChoice, alone: boolean): object {
  const single = alone ? { disable_parallel_tool_use: true } : {};
  if (typeof choice === "object") return { type: "tool", name: choice.name, ...single };
  if (choice === "none") return { type: "none" };
  return { type: choice === "required" ? "any" : "auto", ...single };
}
