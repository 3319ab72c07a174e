import type { Message, Part, Role } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { readCacheMark } from "../cache-control.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { readImage } from "./door-images.ts";
import { readReasoningDetails } from "./reasoning-details.ts";
import { readThoughtSignature } from "./thought-signature.ts";

/** `function` is what `tool` was called before; it has no id, and only the same dialect understands it. */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ["system", "system"],
  ["developer", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
  ["tool", "tool"],
  ["function", "tool"],
]);

/** The conversation. What only the same dialect understands (audio, files, …) is noted as a gap. */
export function readMessages(
  list: Json | undefined,
  complaints: Complaints,
  gap: (path: string) => void,
): readonly Message[] {
  if (Array.isArray(list) && list.length === 0) complaints.add("messages", "is empty");
  const messages: Message[] = [];
  for (const { object, path } of objectsOf(list, "messages", complaints)) {
    const stated = textOf(object, "role", path, complaints);
    const role = ROLES.get(stated);
    if (role === undefined) {
      complaints.add(`${path}.role`, `has to be one of ${[...ROLES.keys()].slice(0, -1).join(", ")}`);
      continue;
    }
    if (stated === "function") gap(path);
    messages.push({ role, parts: readParts(object, stated, path) });
  }
  return messages;

  function readParts(message: JsonObject, role: string, path: string): readonly Part[] {
    const content = readContent(message, path);
    switch (role) {
      case "tool":
        return [
          {
            type: "tool-result",
            id: textOf(message, "tool_call_id", path, complaints),
            content: content.filter((part) => part.type === "text" || part.type === "image"),
          },
        ];
      case "function":
        return [];
      case "assistant":
        return [...reasoningOf(message), ...content, ...refusalOf(message), ...readCalls(message, path)];
      default:
        return content;
    }
  }

  function readContent(message: JsonObject, path: string): readonly Part[] {
    const content = member(message, "content") ?? null;
    if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
    if (content !== null) {
      if (Array.isArray(content)) {
        return objectsOf(content, `${path}.content`, complaints).flatMap((part) =>
          readPart(part.object, part.path),
        );
      }
      complaints.add(`${path}.content`, "has to be text or a list of parts");
    } else if (!SPEAKS_OTHERWISE.some((name) => (member(message, name) ?? null) !== null)) {
      complaints.add(`${path}.content`, "is missing");
    }
    return [];
  }

  function readPart(part: JsonObject, path: string): readonly Part[] {
    switch (textOf(part, "type", path, complaints)) {
      case "text":
        return [readText(part, path)];
      case "refusal":
        return [{ type: "text", text: textOf(part, "refusal", path, complaints) }];
      case "image_url":
        return readImage(part, path, complaints);
      default:
        gap(path);
        return [];
    }
  }

  function readText(part: JsonObject, path: string): Part {
    const cache = readCacheMark(part);
    const text = textOf(part, "text", path, complaints);
    return { type: "text", text, ...(cache !== undefined && { cache }) };
  }

  function readCalls(message: JsonObject, path: string): readonly Part[] {
    const calls = member(message, "tool_calls") ?? null;
    if (calls === null) return [];
    return objectsOf(calls, `${path}.tool_calls`, complaints).flatMap(({ object, path: where }): Part[] => {
      const said = member(object, "function");
      if (!isJsonObject(said)) {
        if ((member(object, "type") ?? "function") === "function")
          complaints.add(`${where}.function`, "has to be an object");
        else gap(where);
        return [];
      }
      const inner = `${where}.function`;
      const proof = readThoughtSignature(object);
      return [
        {
          type: "tool-call",
          id: textOf(object, "id", where, complaints),
          name: textOf(said, "name", inner, complaints),
          arguments: textOf(said, "arguments", inner, complaints),
          ...(proof !== undefined && { proof }),
        },
      ];
    });
  }
}

/** What an assistant may say instead of content; agents send back reasoning that led to nothing else. */
const SPEAKS_OTHERWISE = [
  "tool_calls",
  "function_call",
  "refusal",
  "audio",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
];

function refusalOf(message: JsonObject): Part[] {
  const refusal = member(message, "refusal");
  return typeof refusal === "string" && refusal !== "" ? [{ type: "text", text: refusal }] : [];
}

/** Reasoning has three names: a list with what proves it, and two for plain text. */
function reasoningOf(message: JsonObject): readonly Part[] {
  const details = readReasoningDetails(member(message, "reasoning_details"));
  if (details !== undefined) return details;
  const text = member(message, "reasoning_content") ?? member(message, "reasoning");
  return typeof text === "string" && text !== "" ? [{ type: "reasoning", text }] : [];
}
