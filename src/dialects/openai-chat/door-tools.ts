import type { Tool, ToolChoice } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { readCacheMark } from "../cache-control.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { MAX_TOOLS } from "../tool-limits.ts";

/** What the provider allows as names: https://platform.openai.com/docs/api-reference/chat/create */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** The function tools of a request. Others (`custom`, …) are noted as gaps. Schemas are passed on, never followed. */
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
    if (textOf(object, "type", path, complaints) === "function") return readTool(object, path, complaints);
    gap(path);
    return [];
  });
}

function readTool(tool: JsonObject, path: string, complaints: Complaints): Tool[] {
  const said = member(tool, "function");
  if (!isJsonObject(said)) {
    complaints.add(`${path}.function`, "has to be an object");
    return [];
  }
  const name = textOf(said, "name", `${path}.function`, complaints);
  if (!NAME.test(name)) {
    complaints.add(`${path}.function.name`, "has to be 1 to 64 letters, digits, _ or - (OpenAI's rule)");
  }
  const description = member(said, "description");
  const parameters = member(said, "parameters") ?? undefined;
  const strict = member(said, "strict");
  const cache = readCacheMark(tool);
  if (parameters !== undefined && !isJsonObject(parameters)) {
    complaints.add(`${path}.function.parameters`, "has to be an object");
  }
  return [
    {
      name,
      ...(typeof description === "string" && { description }),
      ...(isJsonObject(parameters) && { parameters }),
      ...(typeof strict === "boolean" && { strict }),
      ...(cache !== undefined && { cache }),
    },
  ];
}

const CHOICES = ["auto", "none", "required"] as const;

/** Which tool the model has to call; undefined when nothing is said, or what only the same dialect understands. */
export function readToolChoice(
  choice: Json | undefined,
  complaints: Complaints,
  gap: (path: string) => void,
): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  const word = CHOICES.find((known) => known === choice);
  if (word !== undefined) return word;
  if (!isJsonObject(choice) || typeof member(choice, "type") !== "string") {
    complaints.add("tool_choice", 'has to be "auto", "none", "required" or an object that names a tool');
    return undefined;
  }
  const said = member(choice, "function");
  if (member(choice, "type") === "function" && isJsonObject(said)) {
    return { name: textOf(said, "name", "tool_choice.function", complaints) };
  }
  gap("tool_choice");
  return undefined;
}
