import type { ChatEvent } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import { type Failure, heedsWait } from "../core/failure.ts";
import type { Send, UpstreamCall } from "../core/ports.ts";
import { oneLine, redact } from "../core/text.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { DIALECTS } from "../dialects/index.ts";
import { retryAfterMs } from "../resilience/retry-after.ts";
import { codingOf, type Reading, readAnswer, unusable } from "./answer-body.ts";
import { readErrorBody, release } from "./body.ts";
import { type Exchange, failureOf, type Reply } from "./exchange.ts";
import { headersFor, isHeaderText } from "./headers.ts";
import { endRunaway } from "./runaway.ts";

/** Longest message of a failure; whoever prints it cuts it to what fits there. */
const MAX_MESSAGE = 2_000;
const MAX_CODE = 100;

/** Makes the function that asks a backend and tells its answer as events. */
export function createSend(exchange: Exchange, clock: Clock): Send {
  return async function* send(call) {
    const key = call.key?.reveal();
    for await (const event of ask(call, key)) {
      yield event.type === "failure" ? { ...event, failure: presentable(event.failure, key) } : event;
    }
  };

  async function* ask(call: UpstreamCall, key: string | undefined): AsyncGenerator<ChatEvent> {
    const { backend, signal, connectMs } = call;
    if (key !== undefined && !isHeaderText(key)) {
      yield failed({ class: "auth", message: "the key holds characters that no header can carry" });
      return;
    }
    const dialect = DIALECTS[backend.dialect];
    const { type, zone } = backend;
    const { model, params, stream } = call;
    const target = { type, model, params, stream, key };
    const own = call.wire?.dialect === backend.dialect ? call.wire : undefined;
    const wire = own?.encode(target) ?? dialect.request.encode(call.request, target);
    const { method, body } = wire;
    const url = new URL(backend.url + wire.path);
    const headers = headersFor(backend.headers, { ...wire.headers, ...call.wire?.headers });
    const reply = await exchange({ url, zone, method, headers, body, signal, connectMs });
    const reading = { dialect, clock, ...(own && { as: { ...own, stream } }) };
    if ("class" in reply) yield failed(reply);
    else yield* readReply(reply, url, reading, signal);
  }

  async function* readReply(
    reply: Reply,
    url: URL,
    reading: Reading,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent> {
    let complete = false;
    try {
      const bad = unusable(reply, url);
      if (bad !== undefined) yield failed(bad);
      else if (reply.status >= 400) yield failed(await readFailure(reply, reading.dialect));
      else {
        for await (const event of endRunaway(readAnswer(reply, reading))) {
          complete = event.type === "response-end";
          yield event;
        }
      }
    } catch (error) {
      yield failed(failureOf(error, signal, "in-answer"));
    } finally {
      release(reply.body, complete, clock);
    }
  }

  async function readFailure(reply: Reply, dialect: Dialect): Promise<Failure> {
    const { status, headers } = reply;
    const body = codingOf(reply) === undefined ? await readErrorBody(reply.body, clock) : "";
    const failure = dialect.failure.decode({ status, headers, body });
    const wait = heedsWait(failure.class) ? retryAfterMs(headers, clock.now()) : undefined;
    return wait === undefined ? failure : { ...failure, retryAfterMs: wait };
  }
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
