import type { Tool, ToolChoice } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { MAX_TOOLS } from "../tool-limits.ts";
import { flatName } from "./call-names.ts";

/** Notes what only a backend of the same dialect can be sent. */
export type NoteGap = (field: string, harmless: boolean) => void;

/** What the provider allows as names: https://platform.openai.com/docs/api-reference/responses/create */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Tools that agents offer with every request, whether or not they are needed. An answer without them is another of the same kind;
 * who brings one of the others (files to search, a remote server) counts on it.
 */
const OPTIONAL: ReadonlySet<string> = new Set([
  "web_search",
  "web_search_2025_08_26",
  "web_search_preview",
  "web_search_preview_2025_03_11",
  "image_generation",
  "local_shell",
  "shell",
  "apply_patch",
  "tool_search",
]);

/** The functions of a request; custom tools become functions of one text. What the provider itself would run is noted. */
export function readTools(list: Json | undefined, complaints: Complaints, gap: NoteGap): readonly Tool[] {
  if (list === undefined || list === null) return [];
  const tools = read(list, "tools");
  if (tools.length > MAX_TOOLS) complaints.add("tools", `has more than ${MAX_TOOLS} tools`);
  return tools;

  function read(some: Json | undefined, where: string, namespace?: string): Tool[] {
    if (Array.isArray(some) && some.length > MAX_TOOLS) {
      complaints.add(where, `has more than ${MAX_TOOLS} tools`);
      return [];
    }
    return objectsOf(some, where, complaints).flatMap(({ object, path }): Tool[] => {
      const type = textOf(object, "type", path, complaints);
      if (type === "function") return [readFunction(object, path, complaints, namespace)];
      if (type === "custom") return [readCustom(object, path, complaints, namespace)];
      if (type === "namespace" && namespace === undefined) {
        return read(member(object, "tools"), `${path}.tools`, readName(object, path, complaints));
      }
      gap(`tools.${type}`, OPTIONAL.has(type));
      return [];
    });
  }
}

function readFunction(tool: JsonObject, path: string, complaints: Complaints, namespace?: string): Tool {
  const description = member(tool, "description");
  const parameters = member(tool, "parameters") ?? undefined;
  const strict = member(tool, "strict");
  if (parameters !== undefined && !isJsonObject(parameters)) {
    complaints.add(`${path}.parameters`, "has to be an object");
  }
  return {
    name: flatName(readName(tool, path, complaints), namespace),
    ...(typeof description === "string" && { description }),
    ...(isJsonObject(parameters) && { parameters }),
    ...(typeof strict === "boolean" && { strict }),
  };
}

/** The one parameter of what stands for a custom tool, which takes any text. */
export const CUSTOM_INPUT = "input";

/** https://platform.openai.com/docs/guides/function-calling#custom-tools */
function readCustom(tool: JsonObject, path: string, complaints: Complaints, namespace?: string): Tool {
  const description = member(tool, "description");
  const format = member(tool, "format");
  const grammar = isJsonObject(format) ? member(format, "definition") : undefined;
  const told = [
    typeof description === "string" ? description : "",
    typeof grammar === "string" ? `The input has to follow this grammar:\n${grammar}` : "",
  ].filter((text) => text !== "");
  return {
    name: flatName(readName(tool, path, complaints), namespace),
    ...(told.length > 0 && { description: told.join("\n\n") }),
    parameters: {
      type: "object",
      properties: { [CUSTOM_INPUT]: { type: "string" } },
      required: [CUSTOM_INPUT],
      additionalProperties: false,
    },
  };
}

function readName(tool: JsonObject, path: string, complaints: Complaints): string {
  const name = textOf(tool, "name", path, complaints);
  if (!NAME.test(name)) {
    complaints.add(`${path}.name`, "has to be 1 to 64 letters, digits, _ or - (OpenAI's rule)");
  }
  return name;
}

const CHOICES = ["auto", "none", "required"] as const;

/** Which of the tools the model has, and whether it has to call one. */
export interface Choice {
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
}

/** Reads the choice among these tools; what only the same dialect understands is noted. */
export function readToolChoice(
  choice: Json | undefined,
  tools: readonly Tool[],
  complaints: Complaints,
  gap: NoteGap,
): Choice {
  if (choice === undefined || choice === null) return { tools };
  const word = CHOICES.find((known) => known === choice);
  if (word !== undefined) {
    // Of tools that are left out none can be called.
    if (tools.length === 0 && word === "required") gap("tool_choice", false);
    return tools.length === 0 ? { tools } : { tools, toolChoice: word };
  }
  const type = isJsonObject(choice) ? member(choice, "type") : undefined;
  if (!isJsonObject(choice) || typeof type !== "string") {
    complaints.add("tool_choice", 'has to be "auto", "none", "required" or an object that names a tool');
    return { tools };
  }
  if (type === "function" || type === "custom") {
    return { tools, toolChoice: { name: textOf(choice, "name", "tool_choice", complaints) } };
  }
  if (type === "allowed_tools") return allowed(choice, tools, complaints);
  gap("tool_choice", false);
  return { tools };
}

/** https://platform.openai.com/docs/guides/function-calling#allowed-tools: the others are as if they were not there. */
function allowed(choice: JsonObject, tools: readonly Tool[], complaints: Complaints): Choice {
  const names = objectsOf(member(choice, "tools"), "tool_choice.tools", complaints).map(({ object }) =>
    member(object, "name"),
  );
  const kept = tools.filter(({ name }) => names.includes(name));
  const must = member(choice, "mode") === "required";
  return kept.length === 0 ? { tools: kept } : { tools: kept, toolChoice: must ? "required" : "auto" };
}
