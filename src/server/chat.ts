import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";
import { HOP_HEADER } from "../core/hop.ts";
import type { Answering, RunError } from "../core/outcome.ts";
import { Problem } from "../core/problem.ts";
import type { AskedAt, BadRequest, DoorAsk, DoorRequest, FrontDoor } from "../dialects/dialect.ts";
import { guessPrompt } from "../tokens/heuristic.ts";
import { readAsked } from "./asked.ts";
import type { EndedRequest } from "./ended.ts";
import { whatThereIs } from "./models.ts";
import type { OutputMeans } from "./output-means.ts";
import { writeBad } from "./refusals.ts";
import { identityOf, relayRun, writeFailure } from "./relay.ts";
import type { Served } from "./served.ts";
import { answerUnasked, isUnasked } from "./unasked.ts";

/** What a door needs beside the request. */
export interface ChatDeps {
  readonly door: FrontDoor;
  readonly ask: DoorAsk;
  readonly served: Served;
  readonly means: OutputMeans;
  readonly clock: Clock;
  readonly wallMs: () => number;
  /** Milliseconds after which somebody who reads nothing is left. */
  readonly stalledMs: number;
}

/** Answers one request to a model. There is no outcome when nothing was asked of anybody, or when a bug broke the run. */
export async function answerChat(
  request: {
    readonly id: string;
    readonly raw: IncomingMessage;
    readonly at: AskedAt;
    readonly body: Uint8Array;
    /** When it came, by the clock. */
    readonly began: number;
    /** Aborts when the client has gone, or the server goes. */
    readonly left: AbortSignal;
    /** Hears when the request begins to wait for its turn at a backend, and when it goes on. */
    readonly waits: (waiting: boolean) => void;
  },
  response: ServerResponse,
  deps: ChatDeps,
): Promise<Pick<EndedRequest, "outcome" | "refused">> {
  const { door, served, ask } = deps;
  const { encodeSame, decodeAnswer } = ask;
  const sendBack = (bad: BadRequest) => {
    writeBad(response, request.id, bad, door);
    return { outcome: undefined, refused: bad.code };
  };
  const asked = readAsked(request.raw.headers);
  if (!asked.ok) return sendBack(asked);
  const read = ask.decode(request.body, request.at);
  if (!read.ok) return sendBack(read);
  const { noFallback, zone, minTier, hops } = asked;
  const input = {
    requestId: request.id,
    door: ask.name,
    ...(read.task === "embeddings" ? { task: read.task } : {}),
    target: { kind: "model", name: read.model },
    request: { ...read.request, params: { ...read.request.params, stream: read.stream } },
    wire: {
      dialect: door.dialect,
      passes: !read.reframed,
      gaps: read.gaps,
      headers: { [HOP_HEADER]: String(hops + 1) },
      encode: (target) => encodeSame(read, target),
      watch: door.stream.watch,
      ...(decodeAnswer !== undefined && read.task === "embeddings" ? { decode: decodeAnswer } : {}),
    },
    noFallback,
    rateLimitWaitMs: 0,
    ...(zone === undefined ? {} : { zone }),
    ...(minTier === undefined ? {} : { minTier }),
  } satisfies Parameters<Served["engine"]["run"]>[0];
  try {
    const told = {
      requestId: request.id,
      clock: deps.clock,
      began: request.began,
      created: Math.floor(deps.wallMs() / 1_000),
    };
    if (isUnasked(read)) {
      const named = (model: string) => identityOf(told, model);
      await answerUnasked(input, read, response, { door, served, left: request.left, identityOf: named });
      return { outcome: undefined };
    }
    const outcome = await relayRun((tell) => served.engine.run(input, request.left, tell), response, {
      ...told,
      door,
      waits: request.waits,
      stalledMs: deps.stalledMs,
      asked: read,
      estimate: (answering) => estimate(read, answering, deps),
    });
    deps.means.book(outcome);
    return { outcome };
  } catch (error) {
    if (!(error instanceof Problem) || response.headersSent) throw error;
    const bad = await badOf(error, served);
    if (bad !== undefined) return sendBack(bad);
    writeFailure(response, { door, requestId: request.id }, { error: ledNowhere(error), chainLog: [] });
    return { outcome: undefined, refused: error.code };
  }
}

/** Contract: prompt tokens, and for the answer the lower of the caller's limit and the model's mean so far. */
async function estimate(
  { request }: DoorRequest,
  { backend, model, place }: Answering,
  { served, means }: ChatDeps,
): Promise<number | undefined> {
  if (place === "local") return undefined;
  const input = guessPrompt(request);
  const limit = request.params["max_tokens"] ?? request.params["max_completion_tokens"];
  const mean = means.of(model) ?? input / 2;
  const output = typeof limit === "number" ? Math.min(limit, mean) : mean;
  return served.costOf(backend, model, {
    input,
    output,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
    estimated: true,
  });
}

/** A name that nobody knows, or one for which this cannot be asked; undefined for anything else. */
async function badOf(
  { kind, code, message, hint }: Problem,
  served: Served,
): Promise<BadRequest | undefined> {
  const bad = (status: number, code: string, more: string | undefined): BadRequest => {
    const said = more === undefined ? message : `${message}; ${more}`;
    return { ok: false, status, code, param: "model", message: said };
  };
  if (kind === "not-found") return bad(404, "model_not_found", (await whatThereIs(served)) ?? hint);
  return kind === "input" ? bad(400, code, hint) : undefined;
}

/** A profile that is broken leads to nobody. */
function ledNowhere({ message }: Problem): RunError {
  return {
    name: "LoadBalancerFailoverError",
    code: "no_capable_backend",
    message,
    retryable: false,
    failures: [],
    cause: "config",
  };
}
