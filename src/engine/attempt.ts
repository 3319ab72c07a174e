import type { Secret } from "../core/backend.ts";
import type { ChatEvent, ChatRequest, StopReason } from "../core/chat.ts";
import { isContent, param } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import { formatDuration } from "../core/duration.ts";
import { abortFailure, type Failure, isAbort, type Limit, malformed } from "../core/failure.ts";
import type { Send, WireAsk } from "../core/ports.ts";
import { stopOn } from "../core/stop.ts";
import { after, type Take, takeAll } from "../core/take.ts";
import type { Usage } from "../core/usage.ts";
import type { Candidate } from "../routing/plan.ts";
import { answerMeter } from "./estimate.ts";
import { createIdleClock, type IdleClock } from "./idle-clock.ts";

/** How one attempt ended. */
export interface AttemptResult {
  readonly failure: Failure | undefined;
  /** Real content had been passed on: nothing may be retried after it. */
  readonly committed: boolean;
  readonly firstContentMs: number | undefined;
  readonly reason: StopReason | undefined;
  /** What the backend counted; of an answer it did not count, an estimate. */
  readonly usage: Usage | undefined;
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
  readonly wire?: WireAsk | undefined;
}

/** A part of an answer that is passed on. */
export type Passed = Exclude<ChatEvent, { type: "failure" }>;

/**
 * Sends one request and passes its answer on from the commit point, the first real content. What comes before it
 * (role deltas, pings, empty deltas) is held back, so that a failure before it stays invisible. Owns every clock of the
 * attempt; they and the connection are released on every path.
 */
export async function attempt(
  input: AttemptInput,
  deps: { send: Send; clock: Clock },
  pass: Take<Passed>,
): Promise<AttemptResult> {
  const { candidate, request, signal } = input;
  const { clock } = deps;
  const stream = param(candidate.params, "stream") !== false;
  const stop = stopOn(signal);

  const startedAt = clock.now();
  const first = firstLimit(input, stream);
  const expire = (limit: Limit, ms: number, borrowed: boolean) => () =>
    stop.stop(timeoutFailure(limit, ms, borrowed));
  const endFirst = clock.after(first.ms, expire(first.limit, first.ms, first.borrowed));
  const { idleMs } = candidate.backend.timeouts;
  let idle: IdleClock | undefined;
  const beginIdle = () => {
    endFirst();
    return createIdleClock(clock, idleMs, expire("idle", idleMs, false));
  };
  const endClocks = () => {
    endFirst();
    idle?.end();
  };

  const held: Passed[] = [];
  const meter = answerMeter();
  let firstContentMs: number | undefined;
  let end: Pick<AttemptResult, "failure" | "reason" | "usage"> | undefined;

  /** What is held back, and this behind it. */
  const passWith = (event: Passed): Promise<void> | undefined =>
    held.length === 0 ? pass(event) : takeAll([...held.splice(0), event], pass);

  const fail = (failure: Failure, counted?: Usage) => {
    // Whoever leaves in the middle has still been told, and pays for, what came.
    const passed = failure.class === "aborted" && firstContentMs !== undefined;
    end = { failure, reason: undefined, usage: counted ?? (passed ? meter.usage(request) : undefined) };
    return undefined;
  };

  const take = (event: ChatEvent): Promise<void> | undefined => {
    if (end !== undefined) return undefined;
    // An answer that had arrived when a clock ran out is one all the same.
    if (stop.why !== undefined && isAbort(signal)) return fail(abortFailure(signal));
    if (event.type === "failure") return fail(event.failure, event.usage);
    if (event.type === "response-end") {
      if (firstContentMs === undefined && event.reason !== "content_filter") {
        return fail(malformed("empty response"), event.usage);
      }
      const usage = event.usage ?? meter.usage(request);
      end = { failure: undefined, reason: event.reason, usage };
      endClocks();
      return passWith(event.usage === usage ? event : { ...event, usage });
    }
    if (isContent(event) || (event.type === "bytes" && event.content)) {
      meter.pass(event);
      firstContentMs ??= clock.now() - startedAt;
      // An unstreamed answer that comes in pieces all the same has one clock for the whole.
      if (!stream) return passWith(event);
      idle ??= beginIdle();
      idle.pause();
      return after(passWith(event), idle.restart);
    }
    if (firstContentMs === undefined) {
      held.push(event);
      return undefined;
    }
    if (idle === undefined) return pass(event);
    // Passed on, but no sign of life: the idle clock goes on where it stood.
    idle.pause();
    return after(pass(event), idle.resume);
  };

  try {
    const { backend, model, params } = candidate;
    const connectMs = Math.min(backend.timeouts.connectMs, first.ms);
    const { key, wire } = input;
    const call = { backend, model, request, params, stream, key, connectMs, stop, wire };
    await deps.send(call, take);
  } finally {
    endClocks();
    stop.release();
  }
  end ??= { failure: malformed("the answer was cut off"), reason: undefined, usage: undefined };
  const { failure, reason, usage } = end;
  return { committed: firstContentMs !== undefined, firstContentMs, failure, reason, usage };
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
