import { pause } from "../../core/clock.ts";
import { type Act, cut, type Exchange, endRaw, hold, reset, send, write } from "../exchange.ts";
import type { FaultParams } from "../params.ts";
import { openStream, sendAnswer, sendBeginning, sendFrames } from "../stream.ts";
import { ERROR_ROWS, errorBody } from "./error-rows.ts";
import type { Fault } from "./fault.ts";

/**
 * Faults inside an answer that has begun. `after` counts frames of content; where the caller asked for no stream, the
 * half of a body stands for them.
 */
export const STREAM_FAULTS = {
  "role-only-stall": {
    meaning: "opens the stream without content, then nothing",
    prepare: () => async (exchange) => {
      await sendBeginning(exchange, 0);
      await hold(exchange);
    },
  },
  "pings-only": {
    meaning: "sends keep-alive comments for ever, after content if told so",
    prepare: (params) => {
      const everyMs = params.ms("every", 100);
      const content = params.count("after", 0);
      return async (exchange) => {
        if (content === 0) openStream(exchange);
        else await sendBeginning(exchange, content);
        const { ping } = exchange.dialect.frames(exchange.answer, exchange.call);
        while (!exchange.gone.aborted) {
          await write(exchange, ping);
          await pause(exchange.clock, everyMs, exchange.gone);
        }
      };
    },
  },
  "cut-stream": after("cuts the connection after some content", cut),
  "reset-stream": later("breaks the connection (RST) some time after some content", reset),
  "end-stream": after("ends cleanly after some content, without saying that it is complete", (exchange) => {
    exchange.response.end();
  }),
  stall: after("falls silent after some content", hold),
  "malformed-after": after("sends a broken message after some content", async (exchange) => {
    if (exchange.call.stream) await write(exchange, framesOf(exchange).malformed);
    exchange.response.end();
  }),
  "bad-chunk-within": later("sends a broken chunk size some time after some content", (exchange) => {
    endRaw(exchange, "xyz\r\n");
  }),
  "done-only-after": after("says [DONE] after some content, without a stop reason", async (exchange) => {
    for (const frame of framesOf(exchange).done) await write(exchange, frame);
    exchange.response.end();
  }),
  "stall-after-finish": {
    meaning: "gives the stop reason, then nothing",
    prepare: () => async (exchange) => {
      if (!exchange.call.stream) return sendAnswer(exchange);
      await sendFrames(exchange, { through: "finish" });
      await hold(exchange);
    },
  },
  "no-done": {
    meaning: "gives the stop reason and closes without [DONE] (a good answer)",
    prepare: () => (exchange) => sendAnswer(exchange, { through: "usage" }),
  },
  "empty-stream": {
    meaning: "200, a stream with nothing but [DONE]",
    prepare: () => async (exchange) => {
      openStream(exchange);
      for (const frame of framesOf(exchange).done) await write(exchange, frame);
      exchange.response.end();
    },
  },
  flapping: {
    meaning: "fails with 503 for a while, answers for a while, and so on",
    prepare: (params) => {
      const periodMs = params.ms("period", 60_000);
      let since: number | undefined;
      return (exchange) => {
        since ??= exchange.clock.now();
        const fails = Math.floor((exchange.clock.now() - since) / periodMs) % 2 === 0;
        return fails ? send(exchange, 503, errorBody(exchange, ERROR_ROWS["503"])) : sendAnswer(exchange);
      };
    },
  },
  "slow-stream": {
    meaning: "a good answer, its pieces slowly one after the other",
    prepare: (params) => {
      const chunkDelayMs = params.ms("every", 1000);
      return (exchange) => sendAnswer({ ...exchange, answer: { ...exchange.answer, chunkDelayMs } });
    },
  },
  "endless-stream": {
    meaning: "repeats the same content for ever",
    prepare: () => endless(() => "again "),
  },
  "endless-text": {
    meaning: "streams new content for ever",
    prepare: (params) => {
      const size = params.count("size", 16_384);
      return endless((number) => `${number} ${"x".repeat(size)} `);
    },
  },
} satisfies Readonly<Record<string, Fault>>;

function endless(piece: (number: number) => string): Act {
  return async (exchange) => {
    openStream(exchange);
    const { text } = framesOf(exchange);
    for (let number = 1; !exchange.gone.aborted; number++) await write(exchange, text(piece(number)));
  };
}

function after(meaning: string, then: Act): Fault {
  return {
    meaning,
    prepare: (params: FaultParams) => {
      const content = params.count("after", 1);
      return async (exchange) => {
        await sendBeginning(exchange, content);
        await then(exchange);
      };
    },
  };
}

/** The same after a pause: what breaks at once may overtake what has not been read yet. */
function later(meaning: string, then: Act): Fault {
  return {
    meaning,
    prepare: (params) => {
      const content = params.count("after", 1);
      const waitMs = params.ms("wait", 300);
      return async (exchange) => {
        await sendBeginning(exchange, content);
        await pause(exchange.clock, waitMs, exchange.gone);
        await then(exchange);
      };
    },
  };
}

function framesOf({ dialect, answer, call }: Exchange) {
  return dialect.frames(answer, call);
}
