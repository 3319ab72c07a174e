import type { Tool, ToolChoice } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { readCacheMark } from "../cache-control.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { isToolName } from "./tools.ts";

/** Most tools of one request: agents with many servers of tools bring hundreds, and nothing here sets a limit below that. */
const MAX_TOOLS = 1_000;

/** The tools of a request. Those that run at Anthropic (`web_search_…`, `bash_…`) are noted as gaps. */
export function readTools(
  list: Json | undefined,
  complaints: Complaints,
  gap: (path: string) => void,
): readonly Tool[] {
  if (list === undefined || list === null) return [];
  if (Array.isArray(list) && list.length > MAX_TOOLS) {
    complaints.add("tools", `has more than ${MAX_TOOLS} tools`);
    return [];
  }
  return objectsOf(list, "tools", complaints).flatMap(({ object, path }) => {
    if ((member(object, "type") ?? "custom") === "custom") return [readTool(object, path, complaints)];
    gap(path);
    return [];
  });
}

function readTool(tool: JsonObject, path: string, complaints: Complaints): Tool {
  const name = textOf(tool, "name", path, complaints);
  if (!isToolName(name)) {
    complaints.add(`${path}.name`, "has to be 1 to 128 letters, digits, _ or - (Anthropic's rule)");
  }
  const parameters = member(tool, "input_schema");
  if (!isJsonObject(parameters)) complaints.add(`${path}.input_schema`, "has to be an object");
  const description = member(tool, "description");
  const cache = readCacheMark(tool);
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(isJsonObject(parameters) && { parameters }),
    ...(member(tool, "strict") === true && { strict: true }),
    ...(cache !== undefined && { cache }),
  };
}

/** Which tool the model has to call, and whether one at a time. */
export function readToolChoice(
  choice: Json | undefined,
  complaints: Complaints,
): { readonly toolChoice?: ToolChoice; readonly alone: boolean } {
  if (choice === undefined || choice === null) return { alone: false };
  const type = isJsonObject(choice) ? member(choice, "type") : undefined;
  if (!isJsonObject(choice) || typeof type !== "string") {
    complaints.add("tool_choice", "has to be an object with a type");
    return { alone: false };
  }
  const alone = member(choice, "disable_parallel_tool_use") === true;
  if (type === "tool")
    return { toolChoice: { name: textOf(choice, "name", "tool_choice", complaints) }, alone };
  const toolChoice = CHOICES.get(type);
  if (toolChoice !== undefined) return { toolChoice, alone };
  complaints.add("tool_choice.type", "has to be one of auto, any, tool, none");
  return { alone };
}

const CHOICES: ReadonlyMap<string, ToolChoice> = new Map([
  ["auto", "auto"],
  ["any", "required"],
  ["none", "none"],
]);
