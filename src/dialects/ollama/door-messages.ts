import type { Message, Part, Role, ToolCallPart } from "../../core/chat.ts";
import { filledText, isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { optionalText, readImages } from "./door-fields.ts";

const ROLES: ReadonlyMap<string, Role> = new Map([
  ["system", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
  ["tool", "tool"],
]);

/** The conversation of `POST /api/chat`. Results that name no call belong to the first call of their function that has none yet. */
export function readMessages(list: Json | undefined, complaints: Complaints): readonly Message[] {
  /** Calls for which no result has come yet. */
  let open: ToolCallPart[] = [];
  let calls = 0;

  function readCall(call: JsonObject, path: string): Part[] {
    const said = member(call, "function");
    if (!isJsonObject(said)) {
      complaints.add(`${path}.function`, "has to be an object");
      return [];
    }
    const given = member(said, "arguments") ?? {};
    if (!isJsonObject(given)) complaints.add(`${path}.function.arguments`, "has to be an object");
    const id = filledText(member(call, "id")) ?? `call_${calls}`;
    calls += 1;
    const name = textOf(said, "name", `${path}.function`, complaints);
    const part: ToolCallPart = { type: "tool-call", id, name, arguments: JSON.stringify(given) };
    open.push(part);
    return [part];
  }

  function callOf(message: JsonObject): string {
    const id = filledText(member(message, "tool_call_id"));
    const name = filledText(member(message, "tool_name")) ?? filledText(member(message, "name"));
    const call =
      open.find((one) => one.id === id) ??
      open.find((one) => one.name === name) ??
      (id ? undefined : open[0]);
    open = open.filter((one) => one !== call);
    return call?.id ?? id ?? name ?? "";
  }

  function readParts(message: JsonObject, role: Role, path: string): Part[] {
    const said = optionalText(message, "content", `${path}.content`, complaints);
    const text: Part[] = said === "" ? [] : [{ type: "text", text: said }];
    const images = readImages(member(message, "images"), `${path}.images`, complaints);
    switch (role) {
      case "tool": {
        const content = [...(said === "" ? [] : [{ type: "text" as const, text: said }]), ...images];
        return [{ type: "tool-result", id: callOf(message), content }];
      }
      case "assistant": {
        const thought = optionalText(message, "thinking", `${path}.thinking`, complaints);
        const list = member(message, "tool_calls") ?? [];
        return [
          ...(thought === "" ? [] : [{ type: "reasoning" as const, text: thought }]),
          ...text,
          ...images,
          ...objectsOf(list, `${path}.tool_calls`, complaints).flatMap((call) =>
            readCall(call.object, call.path),
          ),
        ];
      }
      default:
        return [...text, ...images];
    }
  }

  const messages: { role: Role; parts: Part[] }[] = [];
  for (const { object, path } of objectsOf(list, "messages", complaints)) {
    const role = ROLES.get(textOf(object, "role", path, complaints));
    if (role === undefined) {
      complaints.add(`${path}.role`, `has to be one of ${[...ROLES.keys()].join(", ")}`);
      continue;
    }
    const parts = readParts(object, role, path);
    const last = messages.at(-1);
    // Each result is a message of its own here.
    if (role === "tool" && last?.role === "tool") last.parts.push(...parts);
    else messages.push({ role, parts });
  }
  return messages;
}
