import type { Server as HttpServer } from "node:http";
import type { Clock } from "../core/clock.ts";
import { withoutCredential } from "../dialects/credentials.ts";
import { createBodies } from "./bodies.ts";
import { createCounting } from "./counting.ts";
import { doorPages } from "./door-pages.ts";
import { type EndedRequest, isProbe } from "./ended.ts";
import type { Tell } from "./exchange.ts";
import { createGate } from "./gate.ts";
import { createListener } from "./listener.ts";
import type { Look } from "./look.ts";
import { modelRoutes } from "./model-asks.ts";
import { MAX_HELD_BYTES, type ServerOptions, TIMES } from "./options.ts";
import { outputMeans } from "./output-means.ts";
import { json, pageRoute, text } from "./own-pages.ts";
import type { LoopDelay } from "./pressure.ts";
import { createReception } from "./reception.ts";
import { endBad, refusalOfBytes } from "./refusals.ts";
import { createRoutes } from "./routes.ts";
import type { Served } from "./served.ts";
import { createUnderWay } from "./under-way.ts";

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
  /** Begins to measure the delay of the event loop. Default: as Node does. */
  readonly measureLoopDelay?: () => LoopDelay;
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
  const { clock, served } = deps;
  const underWay = createUnderWay();
  const listener = createListener();
  const times = { ...TIMES, ...options.times };
  const readBody = createBodies({ maxHeldBytes: MAX_HELD_BYTES, ...options });
  const counting = createCounting({ ...deps, since: deps.wallMs() });
  const gate = createGate(options, deps);

  const tell: Tell = ({ id, request, response, target, began }, { outcome, refused, bug }, whole) => {
    const ended: EndedRequest = {
      requestId: id,
      method: request.method ?? "",
      path: withoutCredential(target),
      status: whole ? response.statusCode : CLIENT_GONE,
      durationMs: clock.now() - began,
      whole,
      outcome,
      refused,
      bug,
    };
    counting.book(ended);
    if (!isProbe(ended)) deps.onEnd(ended);
  };

  const { wallMs, newRequestId } = deps;
  const { stalledMs } = times;
  const means = outputMeans();
  const routes = createRoutes([
    ...modelRoutes({ gate, underWay, readBody, served, means, clock, wallMs, stalledMs, tell }),
    ...doorPages(served, readBody),
    // Who looks whether there is a server reads no more than that.
    pageRoute("GET", "/", () => text("nexus is running")),
    pageRoute("GET", "/health", () => json({ status: "ok" })),
    pageRoute("GET", "/ready", () =>
      gate.draining ? json({ status: "draining" }, 503) : json({ status: "ready" }),
    ),
    ...counting.routes,
  ]);
  const server = listener.create(createReception({ gate, routes, clock, newRequestId, tell }), times);
  // Answers bytes that Node could not read as a request, unless an answer is on its way there already.
  server.on("clientError", (error, socket) => {
    if (underWay.isAnswering(socket) || !socket.writable) socket.destroy();
    else endBad(socket, newRequestId(), refusalOfBytes(error));
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const port = portOf(server);
  gate.open(port);
  const shown = options.host.includes(":") ? `[${options.host}]` : options.host;

  /** Ends what is under way: the runs say so to their clients, and those who do not listen are cut off. */
  function cutOff(): void {
    underWay.leaveAll();
    clock.after(LAST_WORDS_MS, () => server.closeAllConnections());
  }

  return {
    url: `http://${shown}:${port}`,
    port,
    inFlight: () => underWay.size,
    adopt: gate.adopt,
    async drain(graceMs, now) {
      gate.close();
      underWay.stopWaiting();
      listener.closeUnused();
      let finished = true;
      const hurry = () => {
        finished = underWay.size === 0;
        cutOff();
      };
      const cancel = clock.after(graceMs, hurry);
      now?.addEventListener("abort", hurry);
      await new Promise((resolve) => server.close(resolve));
      cancel();
      return finished;
    },
  };
}

function portOf(server: HttpServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server without a port");
  return address.port;
}
