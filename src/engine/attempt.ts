import type { Secret } from "../core/backend.ts";
import type { BytesEvent, ChatEvent, ChatRequest, ContentEvent, StopReason } from "../core/chat.ts";
import { isContent, param } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import { formatDuration } from "../core/duration.ts";
import { type Failure, FailureSignal, type Limit } from "../core/failure.ts";
import type { Send, WireAsk } from "../core/ports.ts";
import type { Usage } from "../core/usage.ts";
import type { Candidate } from "../routing/plan.ts";
import { answerMeter } from "./estimate.ts";

/** How one attempt ended. */
export interface AttemptResult {
  readonly failure?: Failure;
  /** Real content had been passed on: nothing may be retried after it. */
  readonly committed: boolean;
  readonly firstContentMs?: number;
  readonly reason?: StopReason;
  /** What the backend counted; of an answer it did not count, an estimate. */
  readonly usage?: Usage;
}

/** One request that is about to be sent. */
export interface AttemptInput {
  readonly candidate: Candidate;
  readonly request: ChatRequest;
  readonly key: Secret | undefined;
  /** Milliseconds this attempt may wait for first content so that every other member still gets its turn. */
  readonly shareMs: number;
  /** Milliseconds left for the whole chain, up to the commit point. */
  readonly leftMs: number;
  /** The user's signal; the attempt ends at once when it aborts. */
  readonly signal: AbortSignal;
  readonly wire?: WireAsk;
}

type Passed = Exclude<ChatEvent, { type: "failure" }>;

/**
 * Sends one request and passes its answer on from the commit point, the first real content. What comes before it
 * (role deltas, pings, empty deltas) is held back, so that a failure before it stays invisible. Owns every clock of the
 * attempt; they and the connection are released on every path, also when the caller stops listening.
 */
export async function* attempt(
  input: AttemptInput,
  deps: { send: Send; clock: Clock },
): AsyncGenerator<Passed, AttemptResult, void> {
  const { candidate, request, signal } = input;
  const { clock } = deps;
  const stream = param(candidate.params, "stream") !== false;
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();

  const startedAt = clock.now();
  const first = firstLimit(input, stream);
  const expire = (limit: Limit, ms: number, borrowed: boolean) => () =>
    controller.abort(new FailureSignal(timeoutFailure(limit, ms, borrowed)));
  let disarm = clock.after(first.ms, expire(first.limit, first.ms, first.borrowed));
  const { idleMs } = candidate.backend.timeouts;
  let idleUntil = 0;
  const arm = (ms: number) => {
    idleUntil = clock.now() + ms;
    disarm = clock.after(ms, expire("idle", idleMs, false));
  };

  const events = deps
    .send({
      backend: candidate.backend,
      model: candidate.model,
      request,
      params: candidate.params,
      stream,
      key: input.key,
      connectMs: Math.min(candidate.backend.timeouts.connectMs, first.ms),
      signal: controller.signal,
      ...(input.wire === undefined ? {} : { wire: input.wire }),
    })
    [Symbol.asyncIterator]();
  const held: Passed[] = [];
  let firstContentMs: number | undefined;
  const meter = answerMeter();
  let complete = false;
  const result = (rest: Omit<AttemptResult, "committed" | "firstContentMs">): AttemptResult => ({
    committed: firstContentMs !== undefined,
    ...(firstContentMs === undefined ? {} : { firstContentMs }),
    ...rest,
  });

  try {
    for (;;) {
      const step = await events.next();
      if (step.done) return result({ failure: { class: "malformed", message: "the answer was cut off" } });
      const event = step.value;
      if (event.type === "failure") {
        const { failure } = event;
        // Whoever leaves in the middle has still been told, and pays for, what came.
        const told = failure.class === "aborted" && firstContentMs !== undefined;
        return result({ failure, ...(told ? { usage: meter.usage(request) } : {}), ...usageOf(event) });
      }
      if (event.type === "response-end") {
        if (firstContentMs === undefined && event.reason !== "content_filter") {
          return result({ failure: { class: "malformed", message: "empty response" }, ...usageOf(event) });
        }
        complete = true;
        yield* held.splice(0);
        const usage = event.usage ?? meter.usage(request);
        yield { ...event, usage };
        return result({ reason: event.reason, usage });
      }
      if (!isContent(event) && !(event.type === "bytes" && event.content)) {
        if (firstContentMs === undefined) held.push(event);
        else if (event.type === "bytes") {
          // Passed on, but no sign of life: the idle clock goes on where it stood.
          const left = idleUntil - clock.now();
          disarm();
          yield event;
          arm(left);
        }
        continue;
      }
      meter.pass(event);
      // An unstreamed answer that comes in pieces all the same has one clock for the whole.
      if (stream) disarm();
      firstContentMs ??= clock.now() - startedAt;
      yield* held.splice(0);
      yield event satisfies ContentEvent | BytesEvent;
      // Armed only while we wait, so that a slow reader never counts against the backend.
      if (stream) arm(idleMs);
    }
  } finally {
    disarm();
    signal.removeEventListener("abort", abort);
    // The connection of a complete answer is worth keeping.
    if (!complete) controller.abort();
    await events.return?.();
  }
}

function usageOf({ usage }: { readonly usage?: Usage }): Pick<AttemptResult, "usage"> {
  return usage === undefined ? {} : { usage };
}

/** The clock that runs until first content (streams) or the whole answer, and whose limit it is. */
function firstLimit(input: AttemptInput, stream: boolean): { ms: number; limit: Limit; borrowed: boolean } {
  const { timeouts } = input.candidate.backend;
  const own = stream ? timeouts.firstContentMs : timeouts.answerMs;
  const wanted = input.candidate.settings.timeout_ms ?? own;
  const limit: Limit = stream ? "first-content" : "answer";
  const waits = Math.min(wanted, input.shareMs);
  const total = Math.min(input.leftMs, timeouts.totalMs);
  if (total < waits) return { ms: total, limit: "total", borrowed: total < Math.min(own, timeouts.totalMs) };
  return { ms: waits, limit, borrowed: waits < own };
}

const WAITED_FOR: Readonly<Record<Limit, string>> = {
  connect: "no connection",
  "first-content": "no content",
  answer: "no whole answer",
  idle: "the stream went silent and nothing more came",
  total: "the total time ran out",
};

/** A clock that ran out. `borrowed`: the limit was shorter than the backend's own. */
export function timeoutFailure(limit: Limit, ms: number, borrowed: boolean): Failure {
  return {
    class: "timeout",
    message: `${WAITED_FOR[limit]} within ${formatDuration(ms)} (${limit} timeout)`,
    limit,
    borrowedLimit: borrowed,
  };
}
