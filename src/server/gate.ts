import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../core/clock.ts";
import type { BadRequest } from "../dialects/dialect.ts";
import type { Exchange } from "./exchange.ts";
import { createGuard } from "./guard.ts";
import { FEW_REQUESTS, type ServerOptions } from "./options.ts";
import { pageHeaders } from "./pages.ts";
import { type LoopDelay, type Pressure, watchPressure } from "./pressure.ts";
import { bad, contentTypeRefusal } from "./refusals.ts";
import { createWrongTokens } from "./wrong-tokens.ts";

/** Who is let in, and how many. */
export interface Gate {
  /** Why a request is turned away before anything of it is read. What every answer has to say is set. */
  turnsAway(exchange: Exchange): BadRequest | undefined;
  /** Why a request to a model is sent back before anything of its body is read. `underWay`: how many there are. */
  refuses(headers: IncomingHttpHeaders, underWay: number): BadRequest | undefined;
  /** Whether the server goes down. */
  readonly draining: boolean;
  /** It listens now, on this port. */
  open(port: number): void;
  adopt(options: ServerOptions): void;
  /** The server goes down: no more requests to models. */
  close(): void;
}

/** What the gate stands on. */
export interface GateDeps {
  readonly clock: Clock;
  readonly measureLoopDelay?: () => LoopDelay;
}

/** Not open yet. */
export function createGate(options: ServerOptions, { clock, measureLoopDelay }: GateDeps): Gate {
  const wrongTokens = createWrongTokens(clock);
  const { host } = options;
  let { port, maxInFlight, allowedOrigins, maxLoopDelayMs } = options;
  let guard = createGuard(options, wrongTokens);
  let pressure: Pressure | undefined;
  let draining = false;
  return {
    turnsAway({ request, response }) {
      if (draining) response.setHeader("connection", "close");
      if (request.headers.origin !== undefined) {
        for (const [name, value] of Object.entries(pageHeaders(request, allowedOrigins))) {
          response.setHeader(name, value);
        }
      }
      const away = guard(request);
      return away && { ok: false, ...away };
    },
    refuses(headers, underWay) {
      if (draining) return bad(503, "draining", "the server is going down");
      if (underWay >= maxInFlight || (underWay >= FEW_REQUESTS && pressure?.isHigh())) {
        return bad(503, "overloaded", "the server has as much to do as it can");
      }
      return contentTypeRefusal(headers);
    },
    get draining() {
      return draining;
    },
    open(listening) {
      port = listening;
      guard = createGuard({ ...options, port }, wrongTokens);
      pressure = watchPressure(() => maxLoopDelayMs, clock, measureLoopDelay);
    },
    adopt(next) {
      ({ maxInFlight, allowedOrigins, maxLoopDelayMs } = next);
      guard = createGuard({ ...next, host, port }, wrongTokens);
    },
    close() {
      draining = true;
      pressure?.stop();
    },
  };
}
