import type { Tool } from "../../core/chat.ts";
import { isJsonObject, type Json } from "../../core/json.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { MAX_TOOLS } from "../tool-limits.ts";

/** The functions of a request. Schemas are passed on, never followed. */
export function readTools(list: Json | undefined, complaints: Complaints): readonly Tool[] {
  if (list === undefined || list === null) return [];
  if (Array.isArray(list) && list.length > MAX_TOOLS) {
    complaints.add("tools", `has more than ${MAX_TOOLS} tools`);
    return [];
  }
  return objectsOf(list, "tools", complaints).flatMap(({ object, path }): Tool[] => {
    const said = member(object, "function");
    if (!isJsonObject(said)) {
      complaints.add(`${path}.function`, "has to be an object");
      return [];
    }
    const name = textOf(said, "name", `${path}.function`, complaints);
    if (name === "") complaints.add(`${path}.function.name`, "is empty");
    const description = member(said, "description");
    const parameters = member(said, "parameters") ?? undefined;
    if (parameters !== undefined && !isJsonObject(parameters)) {
      complaints.add(`${path}.function.parameters`, "has to be an object");
    }
    return [
      {
        name,
        ...(typeof description === "string" && { description }),
        ...(isJsonObject(parameters) && { parameters }),
      },
    ];
  });
}
