import type { Zone } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import type { Failure } from "../core/failure.ts";
import type { Stop } from "../core/stop.ts";
import type { WireRequest } from "../dialects/dialect.ts";
import type { Address } from "./address.ts";
import type { Agents } from "./agents.ts";
import { closedOnReuse, createFlight, type FlightRecorder } from "./in-flight.ts";
import { connectTimeout, isHangUp, networkFailure, onTheWay } from "./network-failure.ts";
import type { Dispatcher } from "./undici.ts";

/** One HTTP request to one backend. */
export interface Order {
  readonly to: Address;
  readonly zone: Zone;
  readonly method: WireRequest["method"];
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  /** Ends the exchange; why it does is how it ends. */
  readonly stop: Stop;
  /** Milliseconds until the connection must stand. */
  readonly connectMs: number;
}

/** Status and headers of an answer. */
export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * What somebody who reads a body wants next. `end`: only the end of the transport may still come, and the connection is worth
 * keeping. `stop`: nothing more, and no more of the connection.
 */
export type Wants = "more" | "end" | "stop";

/** Reads a body piece by piece. While a promise of it is open, the backend waits. */
export type ReadBody = (bytes: Uint8Array) => Wants | Promise<Wants>;

/** Hears the head of an answer and says what reads its body; undefined: nobody does. `stop` is a later "stop". */
export type Hear = (head: Head, stop: () => void) => ReadBody | undefined;

/** Sends one request. Resolves when its answer is over: to why it is not whole, unless whoever heard it had enough. */
export type Exchange = (order: Order, hear: Hear) => Promise<Failure | undefined>;

/** Milliseconds the rest of a complete answer may take to arrive, so that its connection can be used again. */
const REST_MS = 1_000;

const NO_HEADERS: Head["headers"] = {};

/** Why connections are dropped. Nobody reads it. */
const GIVEN_UP = new Error("given up");

/**
 * Makes the function that sends. A kept connection that closes before any byte of the answer was merely old: the request goes
 * out once more on a new one, and nobody hears of it.
 */
export function createExchange(agents: Agents, flights: FlightRecorder, clock: Clock): Exchange {
  return (order, hear) => {
    const { to, zone } = order;
    return sendOnce(order, hear, agents.to(to.url, zone), () =>
      agents.afresh(to.url, zone, (agent) =>
        sendOnce(order, hear, agent, () => {
          throw new TypeError("a new connection cannot be stale");
        }),
      ),
    );
  };

  /** `again` sends once more what went out on a connection that was merely old. */
  function sendOnce(
    order: Order,
    hear: Hear,
    agent: Dispatcher,
    again: () => Promise<Failure | undefined>,
  ): Promise<Failure | undefined> {
    const { to, method, headers, body } = order;
    if (order.stop.why !== undefined) return Promise.resolve(order.stop.why);
    return new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined;
      let readBody: ReadBody | undefined;
      let answered = false;
      let over = false;
      let heads = NO_HEADERS;
      /** Whether the connection can wait, once that matters. */
      let pausable: boolean | undefined;
      /** What is being read, what came meanwhile, and how it all ended by then. */
      let reading: Promise<void> | undefined;
      const waiting: Uint8Array[] = [];
      let ended: { readonly result: Failure | undefined | "stale" } | undefined;
      let endRest: (() => void) | undefined;
      const flight = createFlight();
      const stopClock = clock.after(order.connectMs, () => giveUp(connectTimeout()));
      order.stop.onStop = giveUp;
      flights.follow(flight, () =>
        agent.dispatch(
          { origin: to.origin, path: to.path, method, headers, body: body ?? null },
          { onRequestStart, onResponseStart, onResponseData, onResponseEnd, onResponseError },
        ),
      );

      /** The connection stands: at once, where there was one already. */
      function onRequestStart(its: Dispatcher.DispatchController): void {
        controller = its;
        stopClock();
        if (over) its.abort(GIVEN_UP);
        else flights.goesOut(flight);
      }

      function onResponseStart(_: unknown, status: number, its: Head["headers"]): void {
        // What says only that more is to come.
        if (status < 200) return;
        answered = true;
        if (over) return;
        heads = its;
        readBody = hear({ status, headers: its }, stop);
        if (readBody === undefined) stop();
      }

      function onResponseData(_: unknown, bytes: Uint8Array): void {
        if (reading === undefined) read(bytes);
        else waiting.push(bytes);
      }

      function onResponseEnd(): void {
        endRest?.();
        end(undefined);
      }

      function onResponseError(_: unknown, error: unknown): void {
        endRest?.();
        if (over) return;
        try {
          const { why } = order.stop;
          const isStale = !answered && why === undefined && closedOnReuse(flight) && isHangUp(error);
          end(isStale ? "stale" : told(why ?? failureOf(error, answered)));
        } catch (bug) {
          broken(bug);
        }
      }

      function read(bytes: Uint8Array): void {
        if (over || readBody === undefined) return;
        const wants = readBody(bytes);
        if (typeof wants === "string") {
          heed(wants);
          return;
        }
        pausable ??= canPause(heads);
        if (pausable) controller?.pause();
        reading = wants.then(readOn);
        // Whoever waits for the end hears of it, too.
        reading.catch(broken);
      }

      function readOn(wants: Wants): void {
        reading = undefined;
        heed(wants);
        while (reading === undefined) {
          const next = waiting.shift();
          if (next === undefined) break;
          read(next);
        }
        if (reading !== undefined) return;
        if (ended !== undefined) finish(ended.result);
        else if (pausable) controller?.resume();
      }

      /** The transport has ended; what came of the answer is still read. */
      function end(result: Failure | undefined | "stale"): void {
        ended = { result };
        if (reading === undefined) finish(result);
      }

      function heed(wants: Wants): void {
        if (wants === "stop") stop();
        if (wants !== "end" || over) return;
        finish(undefined);
        if (ended === undefined) endRest = clock.after(REST_MS, () => controller?.abort(GIVEN_UP));
      }

      function stop(): void {
        if (over) return;
        finish(undefined);
        controller?.abort(GIVEN_UP);
      }

      function giveUp(failure: Failure): void {
        finish(told(failure));
        controller?.abort(GIVEN_UP);
        // Without an error undici would wait for this connection for ever, or open another one for nobody.
        flight.connecting?.destroy(GIVEN_UP);
      }

      function told(failure: Failure): Failure {
        return flight.toProxy ? onTheWay(failure) : failure;
      }

      /** Nothing more is heard; what is being read still is. */
      function finish(result: Failure | undefined | "stale"): void {
        if (over) return;
        leave();
        const settle = () => resolve(result === "stale" ? again() : result);
        if (reading === undefined) settle();
        else reading.then(settle, reject);
      }

      /** By a bug of ours. */
      function broken(error: unknown): void {
        leave();
        controller?.abort(GIVEN_UP);
        if (reading === undefined) reject(error);
        else reading.then(() => reject(error), reject);
      }

      function leave(): void {
        over = true;
        stopClock();
        order.stop.onStop = undefined;
      }
    });
  }
}

/**
 * Whether a connection can be told to wait within this answer. undici ends the process by an assertion when a connection that
 * is not kept closes while it waits (`Parser.finish`), so that only what proves to be kept may: in chunks, which HTTP/1.0 does
 * not know, or by its own word. Of any other answer the pieces wait here, as many as an answer may have.
 */
function canPause(headers: Head["headers"]): boolean {
  const connection = String(headers["connection"] ?? "").toLowerCase();
  if (connection.includes("close")) return false;
  const isChunked = /\bchunked\b/i.test(String(headers["transfer-encoding"] ?? ""));
  return isChunked || (headers["content-length"] !== undefined && connection.includes("keep-alive"));
}

/** What a thrown error means; bugs are thrown again. */
function failureOf(error: unknown, answered: boolean): Failure {
  return networkFailure(error, answered ? "in-answer" : "before-answer");
}
