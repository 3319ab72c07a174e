import { endRaw, hold, writeRaw } from "../exchange.ts";
import { wholeAnswer } from "../stream.ts";
import type { Fault } from "./fault.ts";

/** Answers that no HTTP library would send. */
export const RAW_FAULTS = {
  "101": raw(
    "101, switches protocols unasked",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  ),
  "100-continue": raw("100 Continue unasked, then silence", "HTTP/1.1 100 Continue\r\n\r\n", "open"),
  "early-hints": good("103 Early Hints before a good answer", {
    before: "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
  }),
  "102-flood": raw(
    "102 Processing, 5,000 times, then silence",
    "HTTP/1.1 102 Processing\r\n\r\n".repeat(5_000),
    "open",
  ),
  banner: raw("the greeting of another protocol", "SSH-2.0-OpenSSH_9.6\r\n"),
  garbage: raw("a status line that is none", "ICY 200 OK\r\n\r\nhello\r\n"),
  "bare-lf": raw(
    "header lines that end in LF alone",
    "HTTP/1.1 200 OK\ncontent-type: application/json\ncontent-length: 2\n\n{}",
  ),
  "nul-header": raw("a NUL within a header", "HTTP/1.1 200 OK\r\nx-odd: a\0b\r\ncontent-length: 2\r\n\r\n{}"),
  "bad-status": raw("an impossible status", "HTTP/1.1 099 Nothing\r\ncontent-length: 2\r\n\r\n{}"),
  "short-body": raw(
    "a body shorter than its stated length",
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"id":"mock",',
  ),
  "bad-chunk": raw(
    "a broken chunk size",
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
  ),
  "bad-chunk-after": good("a broken chunk size after a good answer", { chunked: "xyz\r\n" }),
  "bad-trailer": good("a broken trailer after a good answer", { chunked: "0\r\nno trailer at all\r\n\r\n" }),
  "no-last-chunk": good("a good answer whose last chunk never comes", { chunked: "" }),
  "long-body": good("a good answer longer than its stated length", {
    lengths: ({ length }) => [length - 40],
  }),
  "two-lengths": good("two stated lengths that differ", { lengths: ({ length }) => [length, length + 1] }),
  "length-and-chunks": good("a stated length beside the chunked coding", {
    chunked: "0\r\n\r\n",
    lengths: ({ length }) => [length],
  }),
  "junk-after": good("a good answer, then bytes nobody asked for", {
    after: "HTTP/1.1 999 Junk\r\n\r\njunk",
  }),
  "many-headers": raw(
    "3,000 headers",
    `HTTP/1.1 200 OK\r\n${Array.from({ length: 3_000 }, (_, at) => `x-${at}: ${at}\r\n`).join("")}\r\n`,
  ),
  "huge-header": raw(
    "a header of 64 KB",
    `HTTP/1.1 200 OK\r\nx-huge: ${"h".repeat(65_536)}\r\ncontent-length: 0\r\n\r\n`,
  ),
} satisfies Readonly<Record<string, Fault>>;

/** `open`: the connection stays open in silence afterwards. */
function raw(meaning: string, bytes: string, then: "close" | "open" = "close"): Fault {
  return {
    meaning,
    prepare: () => async (exchange) => {
      if (then === "close") return endRaw(exchange, bytes);
      writeRaw(exchange, bytes);
      await hold(exchange);
    },
  };
}

/** What is odd about the transport of a good answer. */
interface Odd {
  readonly before?: string;
  /** Sent after the body. */
  readonly after?: string;
  /** The body goes as one chunk, and this is what ends it. */
  readonly chunked?: string;
  /** Each becomes a `content-length`. Default, without chunks: the true one. */
  readonly lengths?: (body: Buffer) => readonly number[];
}

function good(meaning: string, { before = "", after = "", chunked, lengths }: Odd): Fault {
  return {
    meaning,
    prepare: () => async (exchange) => {
      const answer = await wholeAnswer(exchange);
      const body = Buffer.from(answer.body);
      const stated = lengths?.(body) ?? (chunked === undefined ? [body.length] : []);
      const head = [
        "HTTP/1.1 200 OK",
        `content-type: ${answer.type}`,
        ...stated.map((length) => `content-length: ${length}`),
        ...(chunked === undefined ? [] : ["transfer-encoding: chunked"]),
        "\r\n",
      ].join("\r\n");
      const framed =
        chunked === undefined ? [body] : [`${body.length.toString(16)}\r\n`, body, `\r\n${chunked}`];
      const parts = [before, head, ...framed, after].map((part) => Buffer.from(part));
      endRaw(exchange, Buffer.concat(parts));
    },
  };
}
