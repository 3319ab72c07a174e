import { endRaw, send } from "../exchange.ts";
import { sendAnswer, sendBeginning, wholeAnswer } from "../stream.ts";
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
  cr: {
    meaning: "a good stream with CR line ends",
    prepare: () => (exchange) => sendAnswer(exchange, { encode: (frame) => [frame.replaceAll("\n", "\r")] }),
  },
  "mixed-ends": {
    meaning: "a good stream with CR, LF and CR LF in turn, CR LF also split in two",
    prepare: () => (exchange) => {
      // A CR before a LF would be one end, not two.
      const ends = ["\n\r", "\r\r\n", "\r\n\n", "\r\n\r|\n"];
      let at = 0;
      const mixed = (frame: string) => frame.replace(/\n\n$/, () => ends[at++ % ends.length] ?? "");
      return sendAnswer(exchange, { encode: (frame) => mixed(frame).split("|") });
    },
  },
  bom: {
    meaning: "a good answer after a byte order mark",
    prepare: () => async (exchange) => {
      const { type, body } = await wholeAnswer(exchange);
      send(exchange, 200, `\u{FEFF}${body}`, { "content-type": type });
    },
  },
  "odd-fields": {
    meaning: "a good stream with data on two lines, fields without a space, unknown and empty fields",
    prepare: () => (exchange) => sendAnswer(exchange, { encode: (frame) => [withOddFields(frame)] }),
  },
  comments: {
    meaning: "a good stream with a keep-alive comment before every message",
    prepare: () => (exchange) => {
      const { ping } = exchange.dialect.frames(exchange.answer, exchange.call);
      return sendAnswer(exchange, { encode: (frame) => [ping + frame] });
    },
  },
  "old-http-cut": {
    meaning: "an HTTP/1.0 answer without length that ends after some content",
    prepare: (params) => {
      const content = params.count("after", 1);
      return async (exchange) => {
        exchange.response.shouldKeepAlive = false;
        exchange.response.useChunkedEncodingByDefault = false;
        await sendBeginning(exchange, content);
        exchange.response.end();
      };
    },
  },
  body: {
    meaning: "the body given, also as a stream",
    prepare: (params) => {
      const body = params.text("body", "");
      const status = params.count("status", 200);
      const type = params.optional("type");
      return (exchange) => {
        const usual = exchange.call.stream ? exchange.dialect.streamType : "application/json";
        send(exchange, status, body, { "content-type": type ?? usual });
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

/** The frame with every U+FFFD (three bytes) made one byte that UTF-8 does not have. */
function withInvalidByte(frame: string): Buffer {
  return Buffer.from(Buffer.from(frame).toString("latin1").replaceAll("\xef\xbf\xbd", "\xff"), "latin1");
}

/** The message with everything that readers of event streams have to put up with; frames that hold no JSON as they are. */
function withOddFields(frame: string): string {
  const json = /^data: \{(.*)\n\n$/s.exec(frame)?.[1];
  if (json === undefined) return frame;
  return `retry: abc\nid: a\0b\n: comment\nevent:\n\nfoo: bar\nevent\ndata:{\n: between\ndata: ${json}\n\n`;
}
