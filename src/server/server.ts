import type { ServerResponse } from "node:http";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../core/clock.ts";
import type { Outcome } from "../core/outcome.ts";
import type { BadRequest } from "../dialects/dialect.ts";
import { DOORS } from "../dialects/doors.ts";
import { answerChat } from "./chat.ts";
import { createGuard, type GuardOptions } from "./guard.ts";
import { responseHeaders } from "./headers.ts";
import { listModels } from "./models.ts";
import { outputMeans } from "./output-means.ts";
import type { Served } from "./served.ts";

/** How the server listens and what it lets in. */
export interface ServerOptions extends Omit<GuardOptions, "port"> {
  /** 0: any free one. */
  readonly port: number;
  readonly maxBodyBytes: number;
  /** Requests under way beyond which new ones are sent away. */
  readonly maxInFlight: number;
}

/** What the server stands on. */
export interface ServerDeps {
  /** What answers now. */
  readonly served: () => Served;
  readonly clock: Clock;
  /** Milliseconds since 1970 by the clock on the wall. */
  readonly wallMs: () => number;
  readonly newRequestId: () => string;
  /** Hears of every request when it is over. */
  readonly onEnd: (ended: EndedRequest) => void;
}

/** One request that is over. */
export interface EndedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** Whether the client was still there at the end. */
  readonly whole: boolean;
  readonly outcome: Outcome | undefined;
  /** A bug of ours. */
  readonly bug?: unknown;
}

/** A server that listens. */
export interface Server {
  readonly url: string;
  readonly port: number;
  /** Requests under way. */
  inFlight(): number;
  /** Who is let in, and how many, from now on. Where it listens and how large a body may be stays. */
  adopt(options: ServerOptions): void;
  /** Takes no more requests; resolves when those under way are over, or cut off after `graceMs`. True: all were finished. */
  drain(graceMs: number): Promise<boolean>;
}

/** Error bodies of everything that is no request to a model are in this door's words. */
const DEFAULT_DOOR = DOORS["openai-chat"];

/** Starts to listen. Throws what the system says when it cannot. */
export async function startServer(options: ServerOptions, deps: ServerDeps): Promise<Server> {
  const { clock } = deps;
  const means = outputMeans();
  const underWay = new Set<ServerResponse>();
  let draining = false;
  let { maxInFlight } = options;
  let guard = createGuard(options);

  const app = fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    requestTimeout: 60_000,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    genReqId: deps.newRequestId,
    exposeHeadRoutes: true,
    routerOptions: { ignoreDuplicateSlashes: true, maxParamLength: 512 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.addHook("onRequest", async (request, reply) => {
    const away = guard(request.raw);
    if (away !== undefined) return sendBad(reply, request, { ok: false, ...away });
    if (request.headers["content-encoding"] !== undefined) {
      return sendBad(
        reply,
        request,
        bad(415, "unsupported_encoding", "send the body as it is, not compressed"),
      );
    }
    return undefined;
  });
  app.setNotFoundHandler(async (request, reply) =>
    sendBad(reply, request, bad(404, "unknown_route", `no such door; there are ${ROUTES.join(", ")}`)),
  );
  app.setErrorHandler(async (error, request, reply) => {
    const known = refusalOf(error);
    if (known !== undefined) return sendBad(reply, request, known);
    tell(request, reply.raw, { bug: error, outcome: undefined });
    return sendBad(reply, request, bad(500, "internal_error", "a bug in nexus; its log says more"));
  });

  app.post("/v1/chat/completions", async (request, reply) => {
    if (draining) return sendBusy(reply, request, "the server is going down");
    if (underWay.size >= maxInFlight) return sendBusy(reply, request, "too many requests are under way");
    const refused = contentTypeRefusal(request);
    if (refused !== undefined) return sendBad(reply, request, refused);
    reply.hijack();
    const response = reply.raw;
    underWay.add(response);
    // A connection that was busy when the server began to close would be kept for the next request.
    response.once("close", () => {
      if (draining) app.server.closeIdleConnections();
    });
    const began = clock.now();
    let outcome: Outcome | undefined;
    let bug: unknown;
    try {
      const { id, raw } = request;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const door = DEFAULT_DOOR;
      outcome = await answerChat({ id, raw, body }, response, {
        door,
        means,
        clock,
        served: deps.served(),
        wallMs: deps.wallMs,
      });
    } catch (error) {
      bug = error;
      if (response.headersSent) response.destroy();
      else writeBad(response, id(request), bad(500, "internal_error", "a bug in nexus; its log says more"));
    } finally {
      underWay.delete(response);
      tell(request, response, {
        outcome,
        durationMs: clock.now() - began,
        ...(bug === undefined ? {} : { bug }),
      });
    }
    return reply;
  });

  app.get("/v1/models", async (request, reply) => {
    reply.headers({
      "content-type": "application/json",
      ...responseHeaders({ requestId: id(request), chainLog: [] }),
    });
    return DEFAULT_DOOR.models.encode(await listModels(deps.served()));
  });
  app.get<{ Params: { "*": string } }>("/v1/models/*", async (request, reply) => {
    const name = request.params["*"];
    const entry = (await listModels(deps.served())).find((one) => one.id === name);
    if (entry === undefined) {
      return sendBad(reply, request, {
        ...bad(404, "model_not_found", "no such model; see /v1/models"),
        param: "model",
      });
    }
    reply.header("content-type", "application/json");
    return DEFAULT_DOOR.models.encodeOne(entry);
  });
  app.get("/health", async () => ({ status: "ok" }));
  app.get("/ready", async (_request, reply) => {
    if (draining) reply.code(503);
    return { status: draining ? "draining" : "ready" };
  });
  app.head("/", async (_request, reply) => reply.send());

  await app.listen({ host: options.host, port: options.port });
  const port = portOf(app);
  guard = createGuard({ ...options, port });
  const shown = options.host.includes(":") ? `[${options.host}]` : options.host;

  function tell(
    request: FastifyRequest,
    response: ServerResponse,
    rest: { outcome: Outcome | undefined; durationMs?: number; bug?: unknown },
  ): void {
    deps.onEnd({
      requestId: id(request),
      method: request.method,
      path: request.url,
      status: response.statusCode,
      whole: response.writableEnded && !response.destroyed,
      durationMs: rest.durationMs ?? 0,
      outcome: rest.outcome,
      ...(rest.bug === undefined ? {} : { bug: rest.bug }),
    });
  }

  return {
    url: `http://${shown}:${port}`,
    port,
    inFlight: () => underWay.size,
    adopt(next) {
      maxInFlight = next.maxInFlight;
      guard = createGuard({ ...next, host: options.host, port });
    },
    async drain(graceMs) {
      draining = true;
      const closed = app.close();
      let cutOff = 0;
      const cancel = clock.after(graceMs, () => {
        cutOff = underWay.size;
        for (const response of underWay) response.destroy();
      });
      await closed;
      cancel();
      return cutOff === 0;
    },
  };
}

const ROUTES = ["POST /v1/chat/completions", "GET /v1/models", "GET /health", "GET /ready"];

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server without a port");
  return address.port;
}

function id(request: FastifyRequest): string {
  return request.id;
}

function bad(status: number, code: string, message: string): BadRequest {
  return { ok: false, status, code, message };
}

/** What the framework refuses by itself. */
function refusalOf(error: unknown): BadRequest | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return bad(413, "request_too_large", "the body is too large");
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH")
    return bad(400, "invalid_length", "the body is shorter than it says");
  return undefined;
}

/** A page may only send what needs a preflight; everybody else may send JSON under any name. */
function contentTypeRefusal({ headers }: FastifyRequest): BadRequest | undefined {
  if (headers.origin === undefined && headers["sec-fetch-site"] === undefined) return undefined;
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return type === "application/json" || type.endsWith("+json")
    ? undefined
    : bad(415, "unsupported_content_type", "pages have to send application/json");
}

function sendBusy(reply: FastifyReply, request: FastifyRequest, message: string): FastifyReply {
  reply.header("retry-after", "1").header("connection", "close");
  return sendBad(reply, request, bad(503, "overloaded", message));
}

function sendBad(reply: FastifyReply, request: FastifyRequest, refused: BadRequest): FastifyReply {
  const { status, headers, body } = DEFAULT_DOOR.failure.encodeBad(refused);
  reply.code(status).headers({ ...headers, ...responseHeaders({ requestId: id(request), chainLog: [] }) });
  if (status === 413 || status === 431) reply.header("connection", "close");
  return reply.send(body);
}

function writeBad(response: ServerResponse, requestId: string, refused: BadRequest): void {
  const { status, headers, body } = DEFAULT_DOOR.failure.encodeBad(refused);
  response.writeHead(status, { ...headers, ...responseHeaders({ requestId, chainLog: [] }) });
  response.end(body);
}
