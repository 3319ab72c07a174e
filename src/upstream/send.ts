import type { ChatEvent } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Failure } from "../core/failure.ts";
import type { Send, UpstreamCall } from "../core/ports.ts";
import { redact } from "../core/text.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { DIALECTS } from "../dialects/index.ts";
import { retryAfterMs } from "../resilience/retry-after.ts";
import { codingOf, readAnswer, unusable } from "./answer-body.ts";
import { readErrorBody, release } from "./body.ts";
import { type Exchange, failureOf, type Reply } from "./exchange.ts";
import { headersFor, isHeaderText } from "./headers.ts";

/** Makes the function that asks a backend and tells its answer as events. */
export function createSend(exchange: Exchange, clock: Clock): Send {
  return async function* send(call) {
    const key = call.key?.reveal();
    const secrets = key === undefined ? [] : [key];
    for await (const event of ask(call, key)) {
      yield event.type === "failure" ? failed(withoutSecrets(event.failure, secrets)) : event;
    }
  };

  async function* ask(call: UpstreamCall, key: string | undefined): AsyncGenerator<ChatEvent> {
    const { backend, signal, connectMs } = call;
    if (key !== undefined && !isHeaderText(key)) {
      yield failed({ class: "auth", message: "the key holds characters that no header can carry" });
      return;
    }
    const dialect = DIALECTS[backend.dialect];
    const wire = dialect.request.encode(call.request, {
      type: backend.type,
      model: call.model,
      params: call.params,
      stream: call.stream,
      key,
    });
    const url = new URL(backend.url + wire.path);
    const headers = headersFor(backend.headers, wire.headers);
    const { zone } = backend;
    const reply = await exchange({
      url,
      zone,
      method: wire.method,
      headers,
      body: wire.body,
      signal,
      connectMs,
    });
    if ("class" in reply) {
      yield failed(reply);
      return;
    }
    yield* readReply(reply, url, dialect, signal, key);
  }

  async function* readReply(
    reply: Reply,
    url: URL,
    dialect: Dialect,
    signal: AbortSignal,
    key: string | undefined,
  ): AsyncGenerator<ChatEvent> {
    let complete = false;
    try {
      const bad = unusable(reply, url);
      if (bad !== undefined) yield failed(bad);
      else if (reply.status >= 400) yield failed(await readFailure(reply, dialect, key));
      else {
        for await (const event of readAnswer(reply, dialect, clock)) {
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

  /** The key is taken out before anything is cut, so that no half of it is left. */
  async function readFailure(reply: Reply, dialect: Dialect, key: string | undefined): Promise<Failure> {
    const text = codingOf(reply) === undefined ? await readErrorBody(reply.body, clock) : "";
    const body = redact(text, key === undefined ? [] : [key]);
    const failure = dialect.failure.decode({ status: reply.status, headers: reply.headers, body });
    const wait = WAITING.has(failure.class) ? retryAfterMs(reply.headers, clock.now()) : undefined;
    return wait === undefined ? failure : { ...failure, retryAfterMs: wait };
  }
}

/** Failures after which a stated wait means something. */
const WAITING: ReadonlySet<Failure["class"]> = new Set(["quota", "rate_limited", "overloaded", "server"]);

function failed(failure: Failure): ChatEvent {
  return { type: "failure", failure };
}

function withoutSecrets(failure: Failure, secrets: readonly string[]): Failure {
  const message = redact(failure.message, secrets);
  return failure.code === undefined
    ? { ...failure, message }
    : { ...failure, message, code: redact(failure.code, secrets) };
}
