import { decodeRequest } from "../../../src/dialects/openai-chat/door-request.ts";

/** A conversation that every backend takes. */
export const HI = [{ role: "user", content: "hi" }];

/** A request that is fine but for these fields. */
export function withFields(fields: object): object {
  return { model: "m", messages: HI, ...fields };
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
