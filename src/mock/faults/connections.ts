import { pause } from "../../core/clock.ts";
import { cut, endRaw, hold, reset, writeRaw } from "../exchange.ts";
import { openStream, sendAnswer, sendBeginning } from "../stream.ts";
import { ERROR_ROWS, errorBody } from "./error-rows.ts";
import type { Fault } from "./fault.ts";

/** Faults of the connection, before or instead of an answer. A refused connection needs no mock: use a closed port. */
export const CONNECTION_FAULTS = {
  timeout: { meaning: "never answers", prepare: () => hold },
  reset: { meaning: "breaks the connection (RST) after the request", prepare: () => reset },
  "reset-at-accept": {
    meaning: "breaks the connection (RST) as soon as it is made",
    onConnection: (socket) => socket.resetAndDestroy(),
    prepare: () => reset,
  },
  "close-at-accept": {
    meaning: "closes the connection (FIN) as soon as it is made",
    onConnection: (socket) => socket.destroy(),
    prepare: () => cut,
  },
  "reset-reused": {
    meaning: "breaks a connection (RST) that is used again; answers on a fresh one",
    prepare: () => (exchange) => (exchange.reused ? reset(exchange) : sendAnswer(exchange)),
  },
  "close-reused": {
    meaning: "closes a connection (FIN) that is used again; answers on a fresh one",
    prepare: () => (exchange) => (exchange.reused ? cut(exchange) : sendAnswer(exchange)),
  },
  close: { meaning: "closes the connection (FIN) without an answer", prepare: () => cut },
  "headers-only": {
    meaning: "sends headers, then nothing",
    prepare: () => (exchange) => {
      if (exchange.call.stream) openStream(exchange);
      else exchange.response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      return hold(exchange);
    },
  },
  "slow-headers": {
    meaning: "sends the headers byte by byte, without end",
    prepare: (params) => {
      const everyMs = params.ms("every", 1000);
      return async (exchange) => {
        const bytes = "HTTP/1.1 200 OK\r\nx-slow: ";
        for (let at = 0; !exchange.gone.aborted; at++) {
          writeRaw(exchange, bytes[at] ?? "z");
          await pause(exchange.clock, everyMs, exchange.gone);
        }
      };
    },
  },
  "cut-after-headers": {
    meaning: "breaks the connection (RST) after the headers",
    prepare: () => async (exchange) => {
      await sendBeginning(exchange, 0);
      await reset(exchange);
    },
  },
  "never-reads": {
    meaning: "accepts the request but never reads its body, nor sees its client go",
    beforeBody: true,
    prepare: () => (exchange) => {
      exchange.socket.pause();
      return hold(exchange);
    },
  },
  "early-401": early("401"),
  "early-413": early("413"),
} satisfies Readonly<Record<string, Fault>>;

/** An answer that does not wait for the request's body; what of it is still under way breaks the connection. */
function early(name: "401" | "413"): Fault {
  const row = ERROR_ROWS[name];
  return {
    meaning: `answers ${name} before the body was read, and closes`,
    beforeBody: true,
    prepare: () => (exchange) => {
      const body = errorBody(exchange, row);
      const head = `HTTP/1.1 ${row.status} Early\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
      endRaw(exchange, `${head}\r\nconnection: close\r\n\r\n${body}`);
    },
  };
}
