import type { Readable } from "node:stream";
import type { Zone } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { type Failure, FailureSignal } from "../core/failure.ts";
import type { WireRequest } from "../dialects/dialect.ts";
import type { Agents } from "./agents.ts";
import type { FlightRecorder } from "./in-flight.ts";
import { connectTimeout, isHangUp, networkFailure, onTheWay, type Phase } from "./network-failure.ts";
import type { Dispatcher } from "./undici.ts";

/** One HTTP request to one backend. */
export interface Order {
  readonly url: URL;
  readonly zone: Zone;
  readonly method: WireRequest["method"];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds until the connection must stand. */
  readonly connectMs: number;
}

/** Status and headers of an answer; the body is still to be read, and to be let go of. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}

/** Sends one request, up to the headers of its answer. */
export type Exchange = (order: Order) => Promise<Reply | Failure>;

/**
 * Makes the function that sends. A kept connection that closes before any byte of the answer was merely old: the request goes
 * out once more on a new one, and nobody hears of it.
 */
export function createExchange(agents: Agents, flights: FlightRecorder, clock: Clock): Exchange {
  return async (order) => {
    const first = await sendOnce(order, agents.to(order.url, order.zone));
    if (first !== "stale") return first;
    const result = await agents.afresh(order.url, order.zone, (agent) => sendOnce(order, agent));
    if (result === "stale") throw new TypeError("a new connection cannot be stale");
    return result;
  };

  async function sendOnce(order: Order, agent: Dispatcher): Promise<Reply | Failure | "stale"> {
    const { url, method, headers, body, signal } = order;
    if (signal.aborted) return abortFailure(signal);
    // undici hears an abort only once it is connected, so that giving up does not wait for it.
    return await new Promise((resolve, reject) => {
      const stop = new AbortController();
      const stopClock = clock.after(order.connectMs, () => giveUp(connectTimeout()));
      const onAbort = () => giveUp(abortFailure(signal));
      signal.addEventListener("abort", onAbort, { once: true });
      const forget = () => signal.removeEventListener("abort", onAbort);
      const { origin, pathname, search } = url;
      const path = pathname + search;
      const { result, flight } = flights.follow(
        () => agent.request({ origin, path, method, headers, body: body ?? null, signal: stop.signal }),
        stopClock,
      );
      result.then(onAnswer, onError).then(resolve, reject);

      function onAnswer(answer: Dispatcher.ResponseData): Reply {
        stopClock();
        answer.body.on("error", () => {}).once("close", forget);
        if (stop.signal.aborted) answer.body.destroy();
        return { status: answer.statusCode, headers: answer.headers, body: answer.body };
      }

      function onError(error: unknown): Failure | "stale" {
        stopClock();
        forget();
        if (!signal.aborted && flight.closedOnReuse() && isHangUp(error)) return "stale";
        return told(failureOf(error, signal, "before-answer"));
      }

      function giveUp(failure: Failure): void {
        stopClock();
        stop.abort();
        // Without an error undici would wait for this connection for ever, or open another one for nobody.
        flight.connecting?.destroy(new Error("given up"));
        resolve(told(failure));
      }

      function told(failure: Failure): Failure {
        return flight.toProxy ? onTheWay(failure) : failure;
      }
    });
  }
}

/** What a thrown error means to the call whose signal this is; bugs are thrown again. */
export function failureOf(error: unknown, signal: AbortSignal, phase: Phase): Failure {
  if (error instanceof FailureSignal) return error.failure;
  return signal.aborted ? abortFailure(signal) : networkFailure(error, phase);
}

function abortFailure(signal: AbortSignal): Failure {
  const reason: unknown = signal.reason;
  return reason instanceof FailureSignal ? reason.failure : { class: "aborted", message: "aborted" };
}
