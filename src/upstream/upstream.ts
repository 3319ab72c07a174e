import type { Backend } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import type { Failure } from "../core/failure.ts";
import type { Send } from "../core/ports.ts";
import type { WireRequest } from "../dialects/dialect.ts";
import { createAgents } from "./agents.ts";
import { unusable } from "./answer-body.ts";
import { bytesOf, MAX_SMALL, readText, release } from "./body.ts";
import { createExchange, failureOf, type Reply } from "./exchange.ts";
import { headersFor } from "./headers.ts";
import { createFlightRecorder } from "./in-flight.ts";
import { readProxies } from "./proxies.ts";
import { createSend } from "./send.ts";

/** Whom a small request goes to. */
export type Target = Pick<Backend, "url" | "zone" | "headers">;

/** A small answer with its body read, error statuses included, or why there is none. */
export type Got =
  | { readonly ok: true; readonly status: number; readonly headers: Reply["headers"]; readonly body: string }
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
    if (flight !== undefined) Object.assign(flight, { connecting: socket, toProxy });
  });
  const exchange = createExchange(agents, flights, clock);

  async function get(target: Target, wire: WireRequest, { signal, connectMs }: Limits): Promise<Got> {
    const url = new URL(target.url + wire.path);
    const headers = headersFor(target.headers, wire.headers);
    const { method, body } = wire;
    const reply = await exchange({ url, zone: target.zone, method, headers, body, signal, connectMs });
    if ("class" in reply) return { ok: false, failure: reply };
    try {
      const failure = unusable(reply, url);
      if (failure !== undefined) return { ok: false, failure };
      const text = await readText(bytesOf(reply.body, MAX_SMALL));
      return { ok: true, status: reply.status, headers: reply.headers, body: text };
    } catch (error) {
      return { ok: false, failure: failureOf(error, signal, "in-answer") };
    } finally {
      release(reply.body, false, clock);
    }
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
