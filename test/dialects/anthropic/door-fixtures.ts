import type { ChatEvent } from "../../../src/core/chat.ts";
import { decodeRequest } from "../../../src/dialects/anthropic/door-request.ts";
import { createEncoder } from "../../../src/dialects/anthropic/door-stream.ts";
import type { AskedAt } from "../../../src/dialects/dialect.ts";

/** A conversation that every backend takes. */
export const HI = [{ role: "user", content: "hi" }];

/** Asked with these headers. */
export function at(headers: AskedAt["headers"] = {}): AskedAt {
  return { rest: "", query: {}, headers };
}

/** A request that is fine but for these fields. */
export function withFields(fields: object): object {
  return { model: "m", max_tokens: 64, messages: HI, ...fields };
}

function decode(body: unknown, headers: AskedAt["headers"] = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return decodeRequest(new TextEncoder().encode(text), at(headers));
}

/** What the door reads, of text or of a value to be written as JSON; throws when it refuses. */
export function accepted(body: unknown, headers: AskedAt["headers"] = {}) {
  const read = decode(body, headers);
  if (!read.ok) throw new Error(read.message);
  return read;
}

/** Why the door refuses; throws when it accepts. */
export function refused(body: unknown) {
  const read = decode(body);
  if (read.ok) throw new Error("accepted");
  return read;
}

/** A door that answers. */
export const IDENTITY = { id: "0a", created: 0, model: "real" };

/** What a client said of the answer that it wants. */
export function framing(thinks = false) {
  return { includeUsage: true, forAnswer: { thinks } };
}

/** The stream that these events make. */
export function streamOf(events: readonly ChatEvent[], thinks = false): string {
  const { push } = createEncoder(IDENTITY, framing(thinks));
  return events.map((event) => push(event)).join("");
}

/** The data of its events. */
export function dataOf(stream: string): readonly Record<string, unknown>[] {
  return [...stream.matchAll(/^event: (\S+)\ndata: (.*)\n\n/gm)].map(
    ([, type, data = ""]): Record<string, unknown> => {
      const parsed: Record<string, unknown> = JSON.parse(data);
      if (parsed["type"] !== type) throw new Error(`${type} is not ${data}`);
      return parsed;
    },
  );
}
