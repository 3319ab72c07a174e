import { Problem } from "../../core/problem.ts";
import { send, write } from "../exchange.ts";
import type { FaultParams } from "../params.ts";
import { openStream, sendAnswer, sendBeginning, sendFrames, wholeAnswer } from "../stream.ts";
import { ERROR_ROWS, type ErrorRow, errorBody, errorFrame, errorRow } from "./error-rows.ts";
import type { Fault } from "./fault.ts";

const PAGE = `<!doctype html><html><head><title>Sign in</title></head><body><h1>Welcome to the guest network</h1></body></html>`;

/** Faults of what the body says, under a status that promises an answer. */
export const BODY_FAULTS = {
  empty: { meaning: "200 with an empty body", prepare: () => (exchange) => send(exchange, 200, "") },
  malformed: {
    meaning: "a body, or first message of a stream, that is broken JSON",
    prepare: () => async (exchange) => {
      const { call, dialect, answer } = exchange;
      if (!call.stream) return send(exchange, 200, dialect.answer(answer, call).slice(0, -20));
      openStream(exchange);
      await write(exchange, dialect.frames(answer, call).malformed);
      exchange.response.end();
    },
  },
  html: {
    meaning: "a page of HTML (a sign-in page, a firewall)",
    prepare: (params) => {
      const status = params.count("status", 200);
      const type = { "content-type": "text/html; charset=utf-8" };
      return (exchange) => send(exchange, status, PAGE, type);
    },
  },
  "error-in-200": {
    meaning: "an error object under status 200",
    prepare: (params) => {
      const row = whichError(params);
      return (exchange) => send(exchange, 200, errorBody(exchange, row));
    },
  },
  "error-in-stream": {
    meaning: "an error as the first message of the stream",
    prepare: (params) => {
      const row = whichError(params);
      return async (exchange) => {
        if (!exchange.call.stream) return send(exchange, 200, errorBody(exchange, row));
        openStream(exchange);
        await write(exchange, errorFrame(exchange, row));
        exchange.response.end();
      };
    },
  },
  "error-in-stream-after": {
    meaning: "an error after some content, then [DONE] as if nothing had been",
    prepare: (params) => {
      const row = whichError(params);
      const content = params.count("after", 1);
      return async (exchange) => {
        if (!exchange.call.stream) return send(exchange, 200, errorBody(exchange, row));
        await sendFrames(exchange, { through: "content", content });
        await write(exchange, errorFrame(exchange, row));
        for (const frame of exchange.dialect.frames(exchange.answer, exchange.call).done) {
          await write(exchange, frame);
        }
        exchange.response.end();
      };
    },
  },
  "json-for-stream": {
    meaning: "one JSON body although a stream was asked for (a good answer)",
    prepare: () => (exchange) => sendAnswer({ ...exchange, call: { ...exchange.call, stream: false } }),
  },
  "sse-for-json": {
    meaning: "a stream although one JSON body was asked for (a good answer)",
    prepare: () => (exchange) => sendAnswer({ ...exchange, call: { ...exchange.call, stream: true } }),
  },
  "text-plain": {
    meaning: "a good answer with another content type",
    prepare: (params) => {
      const type = params.text("type", "text/plain");
      return async (exchange) => {
        const { body } = await wholeAnswer(exchange);
        send(exchange, 200, body, { "content-type": type });
      };
    },
  },
  ndjson: {
    meaning: "lines of JSON where one answer or a stream was expected, as Ollama's own API sends them",
    prepare: () => (exchange) => {
      const { call, answer } = exchange;
      const line = (content: string, done: boolean) =>
        `${JSON.stringify({ model: call.model, message: { role: "assistant", content }, done })}\n`;
      const type = { "content-type": "application/x-ndjson" };
      send(exchange, 200, line(answer.text, false) + line("", true), type);
    },
  },
  "echo-key": {
    meaning: "an error whose message repeats the request's key",
    prepare: (params) => {
      const row = whichError(params, "401");
      return (exchange) => {
        const key = exchange.response.req.headers.authorization ?? "no key";
        const message = `Refused ${key} and ${encodeURIComponent(key)} and ${JSON.stringify(key)}.`;
        send(exchange, row.status, errorBody(exchange, { ...row, message }));
      };
    },
  },
  huge: {
    meaning: "a body, or one line of a stream, without end",
    prepare: () => async (exchange) => {
      await sendBeginning(exchange, 0);
      await write(exchange, exchange.call.stream ? 'data: {"x":"' : ' "x":"');
      const block = Buffer.alloc(65_536, "x");
      while (!exchange.gone.aborted) await write(exchange, block);
    },
  },
  "huge-error": {
    meaning: "500 with an error message of some megabytes",
    prepare: (params) => {
      const bytes = params.count("mb", 10) * 1_000_000;
      return (exchange) => {
        send(exchange, 500, errorBody(exchange, { ...ERROR_ROWS["500"], message: "x".repeat(bytes) }));
      };
    },
  },
  "204": {
    meaning: "204, no content",
    prepare:
      () =>
      ({ response }) => {
        response.writeHead(204).end();
      },
  },
  redirect: {
    meaning: "a redirect to another origin",
    prepare: (params) => {
      const location = params.text("to", "http://elsewhere.invalid/v1/chat/completions");
      const status = params.count("status", 307);
      return (exchange) => send(exchange, status, "", { location });
    },
  },
} satisfies Readonly<Record<string, Fault>>;

/** The error that the `error` parameter names, as in the table of error answers. */
function whichError(params: FaultParams, fallback = "503"): ErrorRow {
  const name = params.text("error", fallback);
  const row = errorRow(name);
  if (row) return row;
  throw new Problem(
    "usage",
    "bad_fault_parameter",
    `there is no error answer ${JSON.stringify(name)}`,
    `known: ${Object.keys(ERROR_ROWS).join(", ")}`,
  );
}
