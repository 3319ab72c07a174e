import { pause } from "../../core/clock.ts";
import { cut, type Exchange, hold, write } from "../exchange.ts";
import type { FaultParams } from "../params.ts";
import { openStream, sendAnswer, sendBeginning, sendFrames } from "../stream.ts";
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
    meaning: "sends keep-alive comments for ever",
    prepare: (params) => {
      const everyMs = params.ms("every", 100);
      return async (exchange) => {
        openStream(exchange);
        const { ping } = exchange.dialect.frames(exchange.answer, exchange.call);
        while (!exchange.gone.aborted) {
          await write(exchange, ping);
          await pause(exchange.clock, everyMs, exchange.gone);
        }
      };
    },
  },
  "cut-stream": after("cuts the connection after some content", cut),
  "end-stream": after("ends cleanly after some content, without saying that it is complete", (exchange) => {
    exchange.response.end();
  }),
  stall: after("falls silent after some content", hold),
  "malformed-after": after("sends a broken message after some content", async (exchange) => {
    if (exchange.call.stream) await write(exchange, framesOf(exchange).malformed);
    exchange.response.end();
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
  "empty-answer": {
    meaning: "a complete answer without any content",
    prepare: () => (exchange) =>
      sendAnswer({
        ...exchange,
        answer: { ...exchange.answer, text: "", pieces: [], reasoning: "", refusal: "", toolCalls: [] },
      }),
  },
  "endless-stream": {
    meaning: "repeats the same content for ever",
    prepare: () => async (exchange) => {
      openStream(exchange);
      const frame = framesOf(exchange).text("again ");
      while (!exchange.gone.aborted) await write(exchange, frame);
    },
  },
} satisfies Readonly<Record<string, Fault>>;

function after(meaning: string, then: (exchange: Exchange) => void | Promise<void>): Fault {
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

function framesOf({ dialect, answer, call }: Exchange) {
  return dialect.frames(answer, call);
}
