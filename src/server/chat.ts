import type { Clock } from "../core/clock.ts";
import { HOP_HEADER } from "../core/hop.ts";
import type { Answering, RunError } from "../core/outcome.ts";
import { Problem } from "../core/problem.ts";
import type { Soon } from "../core/soon.ts";
import type { AnswerIdentity, AskedAt, BadRequest, DoorAsk, DoorRequest } from "../dialects/dialect.ts";
import type { RunInput } from "../engine/engine.ts";
import { guessPrompt } from "../tokens/heuristic.ts";
import { type Asked, readAsked } from "./asked.ts";
import type { Exchange, Fate } from "./exchange.ts";
import { whatThereIs } from "./models.ts";
import type { OutputMeans } from "./output-means.ts";
import { writeBad } from "./refusals.ts";
import { createRelay, writeFailure } from "./relay.ts";
import type { Served } from "./served.ts";
import { answerUnasked, isUnasked } from "./unasked.ts";
import type { Passage } from "./under-way.ts";

/** What a client asked of a model. */
export interface ChatAsk {
  readonly ask: DoorAsk;
  readonly at: AskedAt;
  readonly body: Uint8Array;
}

/** What an answer needs beside the request. */
export interface ChatDeps {
  /** What answers now. */
  readonly served: () => Served;
  readonly means: OutputMeans;
  readonly clock: Clock;
  readonly wallMs: () => number;
  /** Milliseconds after which somebody who reads nothing is left. */
  readonly stalledMs: number;
}

/** Answers one request to a model. There is no outcome when nothing was asked of anybody. Rejects with what is a bug. */
export async function answerChat(
  exchange: Exchange,
  { ask, at, body }: ChatAsk,
  { left, waits, breakOff }: Passage,
  deps: ChatDeps,
): Promise<Fate> {
  const { clock, means } = deps;
  const served = deps.served();
  try {
    const asked = readAsked(at.headers);
    if (!asked.ok) return refused(exchange, asked);
    const read = ask.decode(body, at);
    if (!read.ok) return refused(exchange, read);
    const input = inputOf(exchange, ask, read, asked);
    const created = Math.floor(deps.wallMs() / 1_000);
    const identityOf = (model: string): AnswerIdentity => ({
      id: exchange.id.replace(/^req_/, ""),
      created,
      model,
      elapsedMs: () => clock.now() - exchange.began,
    });
    if (isUnasked(read)) {
      await answerUnasked(exchange, input, read, { served, left, identityOf });
      return {};
    }
    const relay = createRelay(exchange, {
      asked: read,
      identityOf,
      waits,
      clock,
      stalledMs: deps.stalledMs,
      estimate: (answering) => estimate(read, answering, served, means),
    });
    const outcome = await served.engine.run(input, left, relay.hear);
    relay.end(outcome);
    if (outcome.error !== undefined && !left.aborted) breakOff();
    means.book(outcome);
    return { outcome };
  } catch (error) {
    if (!(error instanceof Problem) || exchange.response.headersSent) throw error;
    return unanswered(exchange, error, served);
  }
}

/** Nobody could be asked. */
async function unanswered(exchange: Exchange, problem: Problem, served: Served): Promise<Fate> {
  const bad = await badOf(problem, served);
  if (bad !== undefined) return refused(exchange, bad);
  writeFailure(exchange, { error: ledNowhere(problem), chainLog: [] });
  return { refused: problem.code };
}

function refused(exchange: Exchange, bad: BadRequest): Fate {
  writeBad(exchange, bad);
  return { refused: bad.code };
}

function inputOf({ id, door }: Exchange, ask: DoorAsk, read: DoorRequest, asked: Asked): RunInput {
  const embeds = read.task === "embeddings";
  const { request, stream } = read;
  return {
    requestId: id,
    door: ask.name,
    task: embeds ? "embeddings" : undefined,
    target: { kind: "model", name: read.model },
    request:
      request.params["stream"] === stream ? request : { ...request, params: { ...request.params, stream } },
    wire: {
      dialect: door.dialect,
      passes: !read.reframed,
      gaps: read.gaps,
      headers: { [HOP_HEADER]: String(asked.hops + 1) },
      encode: (target) => ask.encodeSame(read, target),
      watch: door.stream.watch,
      decode: embeds ? ask.decodeAnswer : undefined,
    },
    zone: asked.zone,
    minTier: asked.minTier,
    noFallback: asked.noFallback,
    rateLimitWaitMs: 0,
  };
}

/** Contract: prompt tokens, and for the answer the lower of the caller's limit and the model's mean so far. */
function estimate(
  { request }: DoorRequest,
  { backend, model, place }: Answering,
  served: Served,
  means: OutputMeans,
): Soon<number | undefined> {
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
