import { decodeRequest } from "../../../src/dialects/gemini/door-request.ts";

/** A conversation that every backend takes. */
export const HI = [{ role: "user", parts: [{ text: "hi" }] }];

/** Where a request is sent, and what stands in its address. */
export interface Sent {
  readonly rest?: string;
  readonly query?: Readonly<Record<string, string>>;
}

function decode(body: unknown, { rest = "m:generateContent", query = {} }: Sent = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return decodeRequest(new TextEncoder().encode(text), { rest, query, headers: {} });
}

/** What the door reads, of text or of a value to be written as JSON; throws when it refuses. */
export function accepted(body: unknown, sent?: Sent) {
  const read = decode(body, sent);
  if (!read.ok) throw new Error(read.message);
  return read;
}

/** Why the door refuses; throws when it accepts. */
export function refused(body: unknown, sent?: Sent) {
  const read = decode(body, sent);
  if (read.ok) throw new Error("accepted");
  return read;
}

/** A request that is fine but for these fields. */
export function withFields(fields: object): object {
  return { contents: HI, ...fields };
}

/** The messages that the door reads of these turns. */
export function messagesOf(...contents: readonly object[]) {
  return accepted({ contents }).request.messages;
}
