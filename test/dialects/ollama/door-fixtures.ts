import { decodeChat, decodeGenerate } from "../../../src/dialects/ollama/door-request.ts";

type Decode = typeof decodeChat;

function decode(how: Decode, body: unknown) {
  return how(new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)));
}

function orThrow(read: ReturnType<Decode>) {
  if (!read.ok) throw new Error(read.message);
  return read;
}

/** What the door reads of a chat; throws when it refuses. */
export function chatting(body: unknown) {
  return orThrow(decode(decodeChat, body));
}

/** What the door reads of a prompt to go on with; throws when it refuses. */
export function generating(fields: object) {
  return orThrow(decode(decodeGenerate, { model: "m", ...fields }));
}

/** Why the door refuses either; throws when it accepts. */
export function refused(body: unknown, how: "chat" | "generate" = "chat") {
  const read = decode(how === "chat" ? decodeChat : decodeGenerate, body);
  if (read.ok) throw new Error("accepted");
  return read;
}

/** A chat that is fine but for these fields. */
export function withFields(fields: object): object {
  return { model: "m", messages: [{ role: "user", content: "hi" }], ...fields };
}
