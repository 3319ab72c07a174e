import type { Message, Part, Role } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { createBlockReader } from "./door-blocks.ts";

const ROLES: readonly Role[] = ["user", "assistant", "system"];

/** The conversation, what the system says first. What only Anthropic understands (documents, searches, …) is noted as a gap. */
export function readMessages(
  body: JsonObject,
  complaints: Complaints,
  gap: (path: string) => void,
): readonly Message[] {
  const list = member(body, "messages");
  const read = createBlockReader(complaints, gap);
  if (Array.isArray(list) && list.length === 0) complaints.add("messages", "is empty");
  const messages = objectsOf(list, "messages", complaints).flatMap(({ object, path }) => {
    const stated = textOf(object, "role", path, complaints);
    const role = ROLES.find((one) => one === stated);
    if (role === undefined) complaints.add(`${path}.role`, "has to be one of user, assistant");
    return role === undefined ? [] : turnsOf(role, read(member(object, "content"), `${path}.content`));
  });
  const system = member(body, "system") ?? null;
  const parts = system === null ? [] : read(system, "system").filter(({ type }) => type === "text");
  return parts.length === 0 ? messages : [{ role: "system", parts }, ...messages];
}

/** Results of tools are the user's here, and somebody else's in the neutral request. */
function turnsOf(role: Role, parts: readonly Part[]): Message[] {
  if (role !== "user") return [{ role, parts }];
  const turns: { role: Role; parts: Part[] }[] = [];
  for (const part of parts) {
    const speaker = part.type === "tool-result" ? "tool" : "user";
    const last = turns.at(-1);
    if (last?.role === speaker) last.parts.push(part);
    else turns.push({ role: speaker, parts: [part] });
  }
  return turns;
}
