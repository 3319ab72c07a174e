import { type ChatEvent, isContent } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Failure } from "../core/failure.ts";
import type { WireAsk } from "../core/ports.ts";
import { oneLine } from "../core/text.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { bytesOf, MAX_ANSWER, readBytes } from "./body.ts";
import { readEventStream } from "./event-stream.ts";
import type { Reply } from "./exchange.ts";
import { readWatched } from "./watched.ts";

/** How an answer is read: into events, or with `as` as it came, where it has the form that was asked for. */
export interface Reading {
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly as?: Pick<WireAsk, "watch" | "decode"> & { readonly stream: boolean };
}

/**
 * Reads the body of a 2xx answer. What it is shows in its first character rather than in its content type, which servers get
 * wrong; an event stream where JSON was asked for, or the reverse, gives the same events. Throws what the transport throws.
 */
export async function* readAnswer(reply: Reply, { dialect, clock, as }: Reading): AsyncGenerator<ChatEvent> {
  const chunks = bytesOf(reply.body, MAX_ANSWER);
  const { first, head } = await readHead(chunks);
  const all = rejoin(head, chunks);
  if (first === undefined) yield fail("empty response");
  else if (first === "<") yield fail("an HTML page, not an answer");
  else if (first === "{" || first === "[") {
    const whole = await readBytes(all);
    const events = readJson(new TextDecoder().decode(whole), as?.decode ?? dialect.answer.decode);
    yield* as?.stream === false ? asItCame(whole, events, as.decode !== undefined) : events;
  } else if (as?.stream) yield* readWatched(reply.body, all, as.watch(), clock);
  else yield* readEventStream(reply.body, all, dialect.stream.decoder(), clock);
}

/** A whole answer undecoded, with how it ended; what is no answer stays what it is. `noChat`: there is no text in it. */
function asItCame(bytes: Uint8Array, events: readonly ChatEvent[], noChat: boolean): readonly ChatEvent[] {
  const last = events.at(-1);
  if (last?.type !== "response-end") return events;
  const content = noChat || events.some(isContent);
  return [{ type: "bytes", bytes, content, characters: noChat ? 0 : bytes.length }, last];
}

/** Why an answer's status and headers already rule out that it can be used. Error statuses, which can be read, have none. */
export function unusable(reply: Reply, url: URL): Failure | undefined {
  const { status, headers } = reply;
  const coding = codingOf(reply);
  if (status === 204 || status === 205 || status === 304) return malformed("empty response");
  if (status >= 300 && status < 400) return malformed(redirectMessage(status, headers["location"], url));
  if (status < 200 || status > 599) return malformed(`an impossible HTTP status, ${status}`);
  if (status < 300 && coding !== undefined) {
    return malformed(`compressed (${oneLine(coding, 20)}), although that was not asked for`);
  }
  return undefined;
}

/** The coding of a body that cannot be read as it is. */
export function codingOf({ headers }: Reply): string | undefined {
  const coding = String(headers["content-encoding"] ?? "").trim();
  return coding === "" || coding.toLowerCase() === "identity" ? undefined : coding;
}

/** Only the origin is told: paths and queries of redirects carry tokens. */
function redirectMessage(status: number, location: Reply["headers"][string], url: URL): string {
  const target =
    typeof location === "string" && URL.canParse(location, url.href) ? new URL(location, url).origin : "";
  const where = target === "" || target === "null" ? "" : ` to ${target}`;
  return `redirected (${status})${where}, which is not followed; is the backend's url right?`;
}

function malformed(message: string): Failure {
  return { class: "malformed", message };
}

function fail(message: string): ChatEvent {
  return { type: "failure", failure: malformed(message) };
}

/** Byte order mark and white space. */
const BLANK: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf, 0x20, 0x09, 0x0a, 0x0d]);

/** Reads up to the first character that is not blank. */
async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<{ first?: string; head: Uint8Array[] }> {
  const head: Uint8Array[] = [];
  for (let step = await chunks.next(); step.done !== true; step = await chunks.next()) {
    head.push(step.value);
    const first = step.value.find((byte) => !BLANK.has(byte));
    if (first !== undefined) return { first: String.fromCharCode(first), head };
  }
  return { head };
}

async function* rejoin(
  head: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* head;
  yield* rest;
}

function readJson(text: string, decode: Dialect["answer"]["decode"]): readonly ChatEvent[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [fail(isJson(text.split("\n", 1)[0] ?? "") ? JSON_LINES : "the answer is not whole JSON")];
  }
  return decode(body);
}

const JSON_LINES = "lines of JSON where one answer was expected (does the backend's url lack /v1?)";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
