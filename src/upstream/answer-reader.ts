import { type ChatEvent, isContent } from "../core/chat.ts";
import { type Failure, malformed } from "../core/failure.ts";
import { parseJson } from "../core/json.ts";
import type { WireAsk } from "../core/ports.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { MAX_ANSWER, tooLarge } from "./body.ts";
import { readDecoded } from "./decoded.ts";
import { frameEvents, frameLines } from "./event-stream.ts";
import { readWatched } from "./watched.ts";

/** How an answer is read: into events, or with `as` as it came, where it has the form that was asked for. */
export interface Reading {
  readonly dialect: Dialect;
  /** Whether a stream was asked for. */
  readonly stream: boolean;
  readonly as: Pick<WireAsk, "watch" | "decode"> | undefined;
}

/** Reads the body of an answer piece by piece, and says what each piece means. */
export interface AnswerReader {
  push(bytes: Uint8Array): readonly ChatEvent[];
  /** Nothing more came. Not asked once it is closed. */
  end(): readonly ChatEvent[];
  /** `finished`: only usage and a terminator may still come. `closed`: nothing may, and the last event has been told. */
  state(): "open" | "finished" | "closed";
}

/**
 * Reads the body of a 2xx answer. What it is shows in its first character rather than in its content type, which servers get
 * wrong; an event stream where JSON was asked for, or the reverse, gives the same events.
 */
export function createAnswerReader(reading: Reading): AnswerReader {
  let size = 0;
  /** What came before the first character. */
  let blank: Uint8Array | undefined;
  let reader: AnswerReader | undefined;
  let failed = false;

  const fail = (failure: Failure): ChatEvent[] => {
    failed = true;
    return [{ type: "failure", failure }];
  };
  return {
    push(bytes) {
      size += bytes.length;
      if (size > MAX_ANSWER) return fail(tooLarge(MAX_ANSWER));
      if (reader !== undefined) return reader.push(bytes);
      const first = firstOf(bytes);
      const all = blank === undefined ? bytes : Buffer.concat([blank, bytes]);
      if (first === undefined) {
        blank = all;
        return [];
      }
      if (first === LESS_THAN) return fail(malformed("an HTML page, not an answer"));
      reader = readerFor(first, reading);
      return reader.push(all);
    },
    end: () => (reader === undefined ? fail(malformed("empty response")) : reader.end()),
    state: () => (failed ? "closed" : (reader?.state() ?? "open")),
  };
}

/** Byte order mark and white space. */
const BLANK: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf, 0x20, 0x09, 0x0a, 0x0d]);
const LESS_THAN = 0x3c;
const BRACE = 0x7b;
const BRACKET = 0x5b;

function firstOf(bytes: Uint8Array): number | undefined {
  for (const byte of bytes) if (!BLANK.has(byte)) return byte;
  return undefined;
}

function readerFor(first: number, reading: Reading): AnswerReader {
  const { dialect, stream, as } = reading;
  const json = first === BRACE || first === BRACKET;
  const lines = dialect.framing === "ndjson" && stream;
  if (json && !lines) return readWhole(reading);
  if (stream && as !== undefined) return readWatched(as.watch());
  return readDecoded(dialect.stream.decoder(), json ? frameLines() : frameEvents());
}

const UTF8 = new TextDecoder();

/** Reads JSON, which means something only when it is whole. */
function readWhole({ dialect, stream, as }: Reading): AnswerReader {
  const pieces: Uint8Array[] = [];
  return {
    push(bytes) {
      pieces.push(bytes);
      return [];
    },
    end() {
      const [first] = pieces;
      const whole = first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces);
      const events = readJson(UTF8.decode(whole), as?.decode ?? dialect.answer.decode);
      return as !== undefined && !stream ? asItCame(whole, events, as.decode !== undefined) : events;
    },
    state: () => "open",
  };
}

/** A whole answer undecoded, with how it ended; what is no answer stays what it is. `noChat`: there is no text in it. */
function asItCame(bytes: Uint8Array, events: readonly ChatEvent[], noChat: boolean): readonly ChatEvent[] {
  const last = events.at(-1);
  if (last?.type !== "response-end") return events;
  const content = noChat || events.some(isContent);
  return [{ type: "bytes", bytes, content, characters: noChat ? 0 : bytes.length }, last];
}

function readJson(text: string, decode: Dialect["answer"]["decode"]): readonly ChatEvent[] {
  const body = parseJson(text);
  if (body !== undefined) return decode(body);
  const isLines = parseJson(text.split("\n", 1)[0] ?? "") !== undefined;
  const failure = malformed(isLines ? JSON_LINES : "the answer is not whole JSON");
  return [{ type: "failure", failure }];
}

const JSON_LINES = "lines of JSON where one answer was expected (does the backend's url lack /v1?)";
