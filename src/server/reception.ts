import type { RequestListener } from "node:http";
import type { Clock } from "../core/clock.ts";
import { DOORS, doorAt } from "../dialects/doors.ts";
import { type Exchange, type Tell, writeHead } from "./exchange.ts";
import type { Gate } from "./gate.ts";
import { isPreflight, preflightHeaders } from "./pages.ts";
import { bad, sendBack, sendBug } from "./refusals.ts";
import type { Found, Routes } from "./routes.ts";
import { targetOf } from "./target.ts";

/** What the server answers, for who asked for something else. */
const DOOR_NAMES: readonly string[] = [
  ...DOORS.flatMap(({ asks }) => asks.map(({ path }) => `POST ${path}`)),
  ...new Set(DOORS.flatMap(({ pages }) => pages.map(({ method, path }) => `${method} ${path}`))),
  "GET /v1/stats",
  "GET /health",
  "GET /ready",
  "GET /metrics",
];

/** What a reception stands on. */
export interface ReceptionDeps {
  readonly gate: Gate;
  readonly routes: Routes;
  readonly clock: Clock;
  readonly newRequestId: () => string;
  readonly tell: Tell;
}

/** Takes every request as it comes: who is let in is led to a route, the others are sent back. */
export function createReception({ gate, routes, clock, newRequestId, tell }: ReceptionDeps): RequestListener {
  /** A browser asks what a page may send here; false where there is nothing to be asked. */
  const answersPreflight = (exchange: Exchange): boolean => {
    const { request, response, target } = exchange;
    const methods = routes.methodsOf(target);
    if (methods.length === 0) return false;
    writeHead(exchange, 204, Object.entries(preflightHeaders(request, methods)).flat());
    response.end();
    return true;
  };

  const nowhere = (exchange: Exchange) => {
    const methods = routes.methodsOf(exchange.target).join(", ");
    if (methods === "") {
      return sendBack(
        exchange,
        bad(404, "unknown_route", `no such door; there are ${DOOR_NAMES.join(", ")}`),
      );
    }
    exchange.response.setHeader("allow", methods);
    return sendBack(exchange, bad(405, "method_not_allowed", `only ${methods} here`));
  };

  const receive = (exchange: Exchange, found: Found | "unreadable" | undefined) => {
    const { request } = exchange;
    const away = gate.turnsAway(exchange);
    if (away !== undefined) return sendBack(exchange, away);
    if (isPreflight(request) && answersPreflight(exchange)) return;
    if ((request.headers["content-encoding"] ?? "identity") !== "identity") {
      return sendBack(exchange, bad(415, "unsupported_encoding", "send the body as it is, not compressed"));
    }
    if (found === undefined) return nowhere(exchange);
    if (found === "unreadable") {
      return sendBack(exchange, bad(400, "invalid_target", "the request target is no path"));
    }
    found.route.answer(exchange, found.at);
  };

  return (request, response) => {
    const target = targetOf(request);
    request.url = target;
    const found = routes.find(request, target);
    const owner = typeof found === "object" ? found.route.door : undefined;
    const exchange: Exchange = {
      id: newRequestId(),
      request,
      response,
      target,
      door: owner ?? doorAt(target, request.headers),
      began: clock.now(),
      fate: {},
    };
    response.on("close", () => {
      if (exchange.fate !== undefined) tell(exchange, exchange.fate, response.writableFinished);
    });
    try {
      receive(exchange, found);
    } catch (error) {
      sendBug(exchange, error);
    }
  };
}
