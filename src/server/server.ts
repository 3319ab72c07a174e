import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../core/clock.ts";
import { withoutCredential } from "../dialects/credentials.ts";
import type { BadRequest, DoorAsk, FrontDoor } from "../dialects/dialect.ts";
import { DOORS, doorAt } from "../dialects/doors.ts";
import { createBodies } from "./bodies.ts";
import { answerChat } from "./chat.ts";
import { createCounting } from "./counting.ts";
import { addPages, askedAt } from "./door-pages.ts";
import { type EndedRequest, isProbe } from "./ended.ts";
import { createGuard } from "./guard.ts";
import { createListener } from "./listener.ts";
import type { Look } from "./look.ts";
import { DOOR_NAMES, methodsOf, targetOf } from "./methods.ts";
import { FEW_REQUESTS, MAX_HELD_BYTES, type ServerOptions, TIMES } from "./options.ts";
import { outputMeans } from "./output-means.ts";
import { isPreflight, pageHeaders, preflightHeaders } from "./pages.ts";
import { type Pressure, watchPressure } from "./pressure.ts";
import {
  BUG,
  bad,
  contentTypeRefusal,
  endBad,
  refusalOf,
  refusalOfBytes,
  refusedAs,
  sendBad,
  writeBad,
} from "./refusals.ts";
import type { Served } from "./served.ts";
import { createUnderWay } from "./under-way.ts";
import { createWrongTokens } from "./wrong-tokens.ts";

/** How long a client gets to read that the server goes down, in milliseconds. */
const LAST_WORDS_MS = 250;

/** What others call the status of a request whose client went away before its answer was complete. */
const CLIENT_GONE = 499;

/** What the server stands on. */
export interface ServerDeps {
  /** What answers now. */
  readonly served: () => Served;
  readonly look: Look;
  readonly clock: Clock;
  /** Milliseconds since 1970 by the clock on the wall. */
  readonly wallMs: () => number;
  readonly newRequestId: () => string;
  /** The delay of the event loop since it was asked last, in milliseconds. Default: as Node measures it. */
  readonly loopDelayMs?: () => number;
  /** Hears of every request when it is over, but not of probes. */
  readonly onEnd: (ended: EndedRequest) => void;
}

/** A server that listens. */
export interface Server {
  readonly url: string;
  readonly port: number;
  /** Requests under way. */
  inFlight(): number;
  /** Who is let in, and how many, from now on. Where it listens and how large a body may be stays. */
  adopt(options: ServerOptions): void;
  /**
   * Takes no more requests; resolves when those under way are over, or cut off after `graceMs` or when `now` aborts, with an
   * error event. True: all were finished.
   */
  drain(graceMs: number, now?: AbortSignal): Promise<boolean>;
}

/** Starts to listen. Throws what the system says when it cannot. */
export async function startServer(options: ServerOptions, deps: ServerDeps): Promise<Server> {
  const { clock } = deps;
  const means = outputMeans();
  const underWay = createUnderWay();
  const listener = createListener();
  const times = { ...TIMES, ...options.times };
  const readBody = createBodies({ maxHeldBytes: MAX_HELD_BYTES, ...options });
  const counting = createCounting({ ...deps, since: deps.wallMs() });
  let draining = false;
  let { maxInFlight, allowedOrigins, maxLoopDelayMs } = options;
  let pressure: Pressure | undefined;
  const wrongTokens = createWrongTokens(clock);
  let guard = createGuard(options, wrongTokens);

  const app = fastify({
    logger: false,
    // Counted where bodies are read.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    serverFactory: (handle) => listener.create(handle, times),
    genReqId: deps.newRequestId,
    exposeHeadRoutes: true,
    return503OnClosing: false,
    clientErrorHandler: refuseBytes,
    rewriteUrl: targetOf,
    frameworkErrors: (_error, request, reply) => {
      sendBad(reply, request, bad(400, "invalid_target", "the request target is no path"));
    },
    routerOptions: { ignoreDuplicateSlashes: true, maxParamLength: 512 },
  });
  // Bodies are read only where they are wanted, after all that can be refused without.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));

  app.decorateRequest("fate");
  const routes: { readonly method: string | string[]; readonly url: string }[] = [];
  app.addHook("onRoute", (route) => void routes.push(route));
  app.addHook("onRequest", (request, reply, done) => {
    const began = clock.now();
    const response = reply.raw;
    response.once("close", () => {
      const fate = request.fate ?? { refused: refusedAs(response) };
      if (fate !== "told") tell(request, response, { ...fate, durationMs: clock.now() - began });
    });
    if (draining) reply.header("connection", "close");
    // Set where answers that are written without the framework have them, too.
    for (const [name, value] of Object.entries(pageHeaders(request.raw, allowedOrigins))) {
      response.setHeader(name, value);
    }
    const { requestIdHeader } = doorAt(request.url, request.headers);
    if (requestIdHeader !== undefined) response.setHeader(requestIdHeader, request.id);
    const away = guard(request.raw);
    if (away !== undefined) return void sendBad(reply, request, { ok: false, ...away });
    if (isPreflight(request.raw)) {
      const methods = methodsOf(routes, request.url);
      if (methods.length > 0)
        return void reply.code(204).headers(preflightHeaders(request.raw, methods)).send();
    }
    if ((request.headers["content-encoding"] ?? "identity") !== "identity") {
      const message = "send the body as it is, not compressed";
      return void sendBad(reply, request, bad(415, "unsupported_encoding", message));
    }
    return done();
  });
  app.setNotFoundHandler(async (request, reply) => {
    const allowed = methodsOf(routes, request.url);
    if (allowed.length === 0) {
      return sendBad(
        reply,
        request,
        bad(404, "unknown_route", `no such door; there are ${DOOR_NAMES.join(", ")}`),
      );
    }
    reply.header("allow", allowed.join(", "));
    return sendBad(reply, request, bad(405, "method_not_allowed", `only ${allowed.join(", ")} here`));
  });
  app.setErrorHandler(async (error, request, reply) => {
    const known = refusalOf(error);
    if (known !== undefined) return sendBad(reply, request, known);
    request.fate = { bug: error };
    return sendBad(reply, request, BUG);
  });

  /** What is refused before anything of a body is read. */
  const refusedUnread = (request: FastifyRequest): BadRequest | undefined => {
    if (draining) return bad(503, "draining", "the server is going down");
    if (underWay.size >= maxInFlight || (pressure?.isHigh && underWay.size >= FEW_REQUESTS)) {
      return bad(503, "overloaded", "the server has as much to do as it can");
    }
    return contentTypeRefusal(request);
  };

  const answer = (door: FrontDoor, ask: DoorAsk) => async (request: FastifyRequest, reply: FastifyReply) => {
    const refused = refusedUnread(request);
    if (refused !== undefined) return sendBad(reply, request, refused);
    reply.hijack();
    const response = reply.raw;
    request.fate = "told";
    const passage = underWay.begin(response);
    const began = clock.now();
    let fate: Fate = {};
    try {
      const { id, raw } = request;
      const body = await readBody(raw, response);
      if (body.ok) {
        const asked = { id, raw, at: askedAt(request), body: body.bytes, began, ...passage };
        fate = await answerChat(asked, response, {
          door,
          ask,
          means,
          clock,
          stalledMs: times.stalledMs,
          served: deps.served(),
          wallMs: deps.wallMs,
        });
        if (fate.outcome?.error !== undefined && !passage.left.aborted) passage.breakOff();
      } else {
        fate = { refused: body.code };
        if (!response.destroyed) writeBad(response, id, body, door);
      }
    } catch (error) {
      fate = { bug: error };
      passage.breakOff();
      if (response.headersSent) response.destroy();
      else writeBad(response, request.id, BUG, door);
    } finally {
      // What is written has yet to be read: somebody who reads nothing is cut off.
      if (response.writableLength > 0) response.setTimeout(times.stalledMs);
      await passage.over;
      tell(request, response, { ...fate, durationMs: clock.now() - began });
    }
    return reply;
  };
  for (const door of DOORS) {
    // Taken over before the framework looks at what the body is said to be.
    for (const ask of door.asks) app.post(ask.path, { onRequest: answer(door, ask) }, takenOver);
  }
  addPages(app, deps.served, readBody);
  // Who looks whether there is a server reads no more than that.
  app.get("/", async () => "nexus is running");
  app.get("/health", async () => ({ status: "ok" }));
  app.get("/ready", async (_request, reply) => {
    if (draining) reply.code(503);
    return { status: draining ? "draining" : "ready" };
  });
  counting.addDoors(app);

  await app.listen({ host: options.host, port: options.port });
  pressure = watchPressure(() => maxLoopDelayMs, clock, deps.loopDelayMs);
  const port = portOf(app);
  guard = createGuard({ ...options, port }, wrongTokens);
  const shown = options.host.includes(":") ? `[${options.host}]` : options.host;

  function tell(
    request: FastifyRequest,
    response: ServerResponse,
    fate: Fate & { durationMs: number },
  ): void {
    const whole = underWay.isWhole(response);
    const ended: EndedRequest = {
      requestId: request.id,
      method: request.method,
      path: withoutCredential(request.url),
      status: whole ? response.statusCode : CLIENT_GONE,
      whole,
      outcome: undefined,
      ...fate,
    };
    counting.book(ended);
    if (!isProbe(ended)) deps.onEnd(ended);
  }

  /** Ends what is under way: the runs say so to their clients, and those who do not listen are cut off. */
  function cutOff(): void {
    underWay.leaveAll();
    clock.after(LAST_WORDS_MS, () => app.server.closeAllConnections());
  }

  return {
    url: `http://${shown}:${port}`,
    port,
    inFlight: () => underWay.size,
    adopt(next) {
      ({ maxInFlight, allowedOrigins, maxLoopDelayMs } = next);
      guard = createGuard({ ...next, host: options.host, port }, wrongTokens);
    },
    async drain(graceMs, now) {
      draining = true;
      pressure?.stop();
      underWay.stopWaiting();
      listener.closeUnused();
      let finished = true;
      const hurry = () => {
        finished = underWay.size === 0;
        cutOff();
      };
      const cancel = clock.after(graceMs, hurry);
      now?.addEventListener("abort", hurry);
      await app.close();
      cancel();
      return finished;
    },
  };

  /** Answers bytes that Node could not read as a request, unless an answer is on its way there already. */
  function refuseBytes(error: Error, socket: Socket): void {
    if (underWay.isAnswering(socket) || !socket.writable) socket.destroy();
    else endBad(socket, deps.newRequestId(), refusalOfBytes(error));
  }
}

/** The framework wants a handler, and never comes to it. */
function takenOver(): void {}

/** What became of a request, as far as a door knows. */
type Fate = Partial<Pick<EndedRequest, "outcome" | "refused" | "bug">>;

declare module "fastify" {
  interface FastifyRequest {
    /** Missing until a door knows it; a door that tells the end itself says so. */
    fate?: Fate | "told";
  }
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server without a port");
  return address.port;
}
