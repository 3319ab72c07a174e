import { decodeRequest } from "../../../src/dialects/openai-responses/door-request.ts";

/** A request that is fine but for these fields. */
export function withFields(fields: object): object {
  return { model: "m", input: "hi", ...fields };
}

function decode(body: unknown) {
  return decodeRequest(new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)));
}

/** What the door reads, of text or of a value to be written as JSON; throws when it refuses. */
export function accepted(body: unknown) {
  const read = decode(body);
  if (!read.ok) throw new Error(read.message);
  return read;
}

/** Why the door refuses; throws when it accepts. */
export function refused(body: unknown) {
  const read = decode(body);
  if (read.ok) throw new Error("accepted");
  return read;
}

/** The messages of an input. */
export function messagesOf(input: unknown) {
  return accepted({ model: "m", input }).request.messages;
}
