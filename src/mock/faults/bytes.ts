import { endRaw, hold, send, writeRaw } from "../exchange.ts";
import { sendAnswer, sendFrames } from "../stream.ts";
import type { Fault } from "./fault.ts";

/** Faults and oddities of the bytes themselves. */
export const BYTE_FAULTS = {
  "invalid-utf8": {
    meaning: "a byte in the content that is not UTF-8",
    prepare: () => (exchange) =>
      sendAnswer(
        {
          ...exchange,
          answer: {
            ...exchange.answer,
            text: `${exchange.answer.text} \u{FFFD}`,
            pieces: [exchange.answer.text, " \u{FFFD}"],
          },
        },
        { encode: (frame) => [withInvalidByte(frame)] },
      ),
  },
  "split-utf8": {
    meaning: "a good stream, every byte written alone",
    prepare: () => (exchange) =>
      sendAnswer(exchange, { encode: (frame) => [...Buffer.from(frame)].map((byte) => Buffer.of(byte)) }),
  },
  crlf: {
    meaning: "a good stream with CR LF line ends",
    prepare: () => (exchange) =>
      sendAnswer(exchange, { encode: (frame) => [frame.replaceAll("\n", "\r\n")] }),
  },
  comments: {
    meaning: "a good stream with a keep-alive comment before every message",
    prepare: () => (exchange) => {
      const { ping } = exchange.dialect.frames(exchange.answer, exchange.call);
      return sendAnswer(exchange, { encode: (frame) => [ping + frame] });
    },
  },
  "old-http-cut": {
    meaning: "an HTTP/1.0 stream without length that ends after some content",
    prepare: (params) => {
      const content = params.count("after", 1);
      return async (exchange) => {
        exchange.response.shouldKeepAlive = false;
        exchange.response.useChunkedEncodingByDefault = false;
        await sendFrames(exchange, { through: "content", content });
        exchange.response.end();
      };
    },
  },
  "101": raw(
    "101, switches protocols unasked",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  ),
  "100-continue": raw("100 Continue unasked, then silence", "HTTP/1.1 100 Continue\r\n\r\n", "open"),
  banner: raw("the greeting of another protocol", "SSH-2.0-OpenSSH_9.6\r\n"),
  "bad-status": raw("an impossible status", "HTTP/1.1 099 Nothing\r\ncontent-length: 2\r\n\r\n{}"),
  "short-body": raw(
    "a body shorter than its stated length",
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"id":"mock",',
  ),
  "bad-chunk": raw(
    "a broken chunk size",
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
  ),
  "huge-header": raw(
    "a header of 64 KB",
    `HTTP/1.1 200 OK\r\nx-huge: ${"h".repeat(65_536)}\r\ncontent-length: 0\r\n\r\n`,
  ),
  body: {
    meaning: "200 with the body given, also as a stream",
    prepare: (params) => {
      const body = params.text("body", "");
      const type = params.optional("type");
      return (exchange) => {
        const usual = exchange.call.stream ? exchange.dialect.streamType : "application/json";
        send(exchange, 200, body, { "content-type": type ?? usual });
      };
    },
  },
  raw: {
    meaning: "the bytes given, instead of an HTTP answer",
    prepare: (params) => {
      const bytes = params.text("bytes", "");
      return (exchange) => endRaw(exchange, bytes);
    },
  },
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

/** The frame with every U+FFFD (three bytes) made one byte that UTF-8 does not have. */
function withInvalidByte(frame: string): Buffer {
  return Buffer.from(Buffer.from(frame).toString("latin1").replaceAll("\xef\xbf\xbd", "\xff"), "latin1");
}
