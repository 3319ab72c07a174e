import { dialectFor, takesBytes } from "../backends/dialect-for.ts";
import type { ChatEvent } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import { type Failure, heedsWait, malformed } from "../core/failure.ts";
import type { Send } from "../core/ports.ts";
import { type Take, takeAll } from "../core/take.ts";
import { oneLine, redact } from "../core/text.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { DIALECTS } from "../dialects/index.ts";
import { retryAfterMs } from "../resilience/retry-after.ts";
import { addressOf } from "./address.ts";
import { type AnswerReader, createAnswerReader } from "./answer-reader.ts";
import { createSmallBody, MAX_ERROR, type SmallBody } from "./body.ts";
import type { Exchange, Head, ReadBody, Wants } from "./exchange.ts";
import { headersFor, isHeaderText } from "./headers.ts";
import { codingOf, unusable } from "./unusable.ts";

/** Longest message of a failure; whoever prints it cuts it to what fits there. */
const MAX_MESSAGE = 2_000;
const MAX_CODE = 100;

/** Milliseconds a finished answer is waited for its usage and terminator. */
const GRACE_MS = 5_000;

/** Milliseconds spent on the body of an error. */
const ERROR_BODY_MS = 5_000;

/** What came with an error status. */
type ErrorAnswer = SmallBody & { readonly head: Head };

/** Makes the function that asks a backend and tells its answer as events. */
export function createSend(exchange: Exchange, clock: Clock): Send {
  return async (call, take) => {
    const { backend, model, params, stream, stop, connectMs, wire: given } = call;
    const key = call.key?.reveal();
    const tell: Take<ChatEvent> = (event) =>
      event.type === "failure" ? take({ ...event, failure: presentable(event.failure, key) }) : take(event);
    if (key !== undefined && !isHeaderText(key)) {
      await tell(failed({ class: "auth", message: "the key holds characters that no header can carry" }));
      return;
    }
    const name = dialectFor(backend, { model, params, tools: call.request.tools }, given?.dialect);
    const dialect = DIALECTS[name];
    const target = { type: backend.type, model, params, stream, key };
    const own = given !== undefined && takesBytes(given, name) ? given : undefined;
    const wire = own?.encode(target) ?? dialect.request.encode(call.request, target);
    const { method, body } = wire;
    const under = own?.decode === undefined ? "" : (dialect.openaiUnder ?? "");
    const to = addressOf(backend, under + wire.path);
    const headers = headersFor(backend.headers, wire.headers, given?.headers ?? NO_HEADERS);

    let bad: Failure | undefined;
    let error: ErrorAnswer | undefined;
    let reader: AnswerReader | undefined;
    let endClock: (() => void) | undefined;
    const hear = (head: Head, stop: () => void): ReadBody | undefined => {
      bad = unusable(head, to);
      if (bad !== undefined) return undefined;
      if (head.status >= 400) {
        endClock = clock.after(ERROR_BODY_MS, stop);
        error = { ...createSmallBody(MAX_ERROR), head };
        return error.read;
      }
      const answer = createAnswerReader({ dialect, stream, as: own });
      reader = answer;
      const wants = (events: readonly ChatEvent[]): Wants => {
        const state = answer.state();
        if (state === "finished") endClock ??= clock.after(GRACE_MS, stop);
        if (state !== "closed") return "more";
        return events.at(-1)?.type === "failure" ? "stop" : "end";
      };
      return (bytes) => {
        const events = answer.push(bytes);
        // Time in which the backend waits for us is not its own.
        endClock?.();
        endClock = undefined;
        const taking = takeAll(events, tell);
        return taking === undefined ? wants(events) : taking.then(() => wants(events));
      };
    };
    const last = (failure: Failure | undefined): readonly ChatEvent[] => {
      if (bad !== undefined) return [failed(bad)];
      // How the body of an error ended does not matter.
      if (error !== undefined) return [failed(readFailure(error, dialect, clock))];
      if (reader?.state() === "closed") return [];
      if (reader === undefined || (failure !== undefined && reader.state() === "open")) {
        return [failed(failure ?? malformed("the answer was cut off"))];
      }
      return reader.end();
    };
    try {
      const order = { to, zone: backend.zone, method, headers, body, stop, connectMs };
      const failure = await exchange(order, hear);
      const taking = takeAll(last(failure), tell);
      // Nothing to wait for is nearly always so.
      if (taking !== undefined) await taking;
    } finally {
      endClock?.();
    }
  };
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

function readFailure({ head, text }: ErrorAnswer, dialect: Dialect, clock: Clock): Failure {
  const failure = dialect.failure.decode({ ...head, body: codingOf(head) === undefined ? text() : "" });
  const wait = heedsWait(failure.class) ? retryAfterMs(head.headers, clock.now()) : undefined;
  return wait === undefined ? failure : { ...failure, retryAfterMs: wait };
}

function failed(failure: Failure): ChatEvent {
  return { type: "failure", failure };
}

/** The key is taken out before anything is cut, so that no half of it is left. */
function presentable(failure: Failure, key: string | undefined): Failure {
  const clean = (text: string, max: number) => oneLine(redact(text, key === undefined ? [] : [key]), max);
  const message = clean(failure.message, MAX_MESSAGE);
  if (failure.code === undefined) return { ...failure, message };
  return { ...failure, message, code: clean(failure.code, MAX_CODE) };
}
