import type { Backend } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { type Failure, malformed } from "../core/failure.ts";
import type { Send } from "../core/ports.ts";
import { stopOn } from "../core/stop.ts";
import type { WireRequest } from "../dialects/dialect.ts";
import { addressOf } from "./address.ts";
import { createAgents } from "./agents.ts";
import { createSmallBody, MAX_SMALL, tooLarge } from "./body.ts";
import { createExchange, type Head } from "./exchange.ts";
import { headersFor } from "./headers.ts";
import { createFlightRecorder } from "./in-flight.ts";
import { readProxies } from "./proxies.ts";
import { createSend } from "./send.ts";
import { unusable } from "./unusable.ts";

/** Whom a small request goes to. */
export type Target = Pick<Backend, "url" | "zone" | "headers">;

/** A small answer with its body read, error statuses included, or why there is none. */
export type Got =
  | { readonly ok: true; readonly status: number; readonly headers: Head["headers"]; readonly body: string }
  | { readonly ok: false; readonly failure: Failure };

/** The network, towards backends. */
export interface Upstream {
  readonly send: Send;
  /** Asks for something small, such as a list of models: at most 4 MiB, and no redirect is followed. */
  get(
    target: Target,
    wire: WireRequest,
    options: { readonly signal: AbortSignal; readonly connectMs: number },
  ): Promise<Got>;
  /** Drops all connections, also those in use. */
  close(): Promise<void>;
}

/** Opens the network. Throws a `Problem` when `env` names a proxy that is no address. */
export function createUpstream({
  env,
  clock,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}): Upstream {
  const proxies = readProxies(env);
  const flights = createFlightRecorder();
  const agents = createAgents(proxies, (socket, toProxy) => {
    const flight = flights.current();
    if (flight === undefined) return;
    flight.connecting = socket;
    flight.toProxy = toProxy;
  });
  const exchange = createExchange(agents, flights, clock);

  async function get(target: Target, wire: WireRequest, { signal, connectMs }: Limits): Promise<Got> {
    const to = addressOf(target, wire.path);
    const headers = headersFor(target.headers, wire.headers);
    const { method, body } = wire;
    const { zone } = target;
    const small = createSmallBody(MAX_SMALL);
    let got: Head | undefined;
    let bad: Failure | undefined;
    const stop = stopOn(signal);
    const failure = await exchange({ to, zone, method, headers, body, stop, connectMs }, (head) => {
      got = head;
      bad = unusable(head, to);
      return bad === undefined ? small.read : undefined;
    }).finally(stop.release);
    if (small.isCut()) bad = tooLarge(MAX_SMALL);
    const why = bad ?? failure;
    if (why !== undefined || got === undefined) {
      return { ok: false, failure: why ?? malformed("no answer came") };
    }
    return { ok: true, ...got, body: small.text() };
  }

  return {
    send: createSend(exchange, clock),
    get,
    async close() {
      flights.close();
      await agents.close();
    },
  };
}

interface Limits {
  readonly signal: AbortSignal;
  readonly connectMs: number;
}
