import type { ServerResponse } from "node:http";
import type { ChatEvent } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Answering, Outcome, RunError, RunEvent } from "../core/outcome.ts";
import type { Soon } from "../core/soon.ts";
import type { Take } from "../core/take.ts";
import type { AnswerIdentity, DoorRequest, StreamEncoder } from "../dialects/dialect.ts";
import { errorContext } from "./context.ts";
import { type Exchange, writeAnswer, writeHead } from "./exchange.ts";
import { responseHeaders } from "./headers.ts";
import { bad, writeBad } from "./refusals.ts";

/** By what an answer is written. */
export interface RelayDeps {
  readonly asked: DoorRequest;
  /** What the answer says of itself. */
  readonly identityOf: (model: string) => AnswerIdentity;
  /** USD that the answer will cost, as far as it can be known before it begins. */
  readonly estimate: (answering: Answering) => Soon<number | undefined>;
  /** Hears when the run begins to wait for its turn, and when it goes on. */
  readonly waits: (waiting: boolean) => void;
  readonly clock: Clock;
  /** Milliseconds after which somebody who reads nothing is left. */
  readonly stalledMs: number;
}

/** Writes a run as an HTTP answer. */
export interface Relay {
  /** Hears what the run tells. A reader that is slow slows it. */
  readonly hear: Take<RunEvent>;
  /** The run is over. */
  end(outcome: Outcome): void;
}

/** One status and true headers when the answer begins, then what comes of it. */
export function createRelay(exchange: Exchange, deps: RelayDeps): Relay {
  const { response } = exchange;
  const answer = deps.asked.stream ? streamed(exchange, deps) : whole(exchange, deps);
  let answering: Answering | undefined;
  return {
    hear(event) {
      if (event.type === "chat" && answering !== undefined) return answer.take(event.event, answering);
      if (event.type === "committed") answering = event.answering;
      else if (event.type === "waiting") deps.waits(event.why !== "retry-delay");
      else if (event.type === "attempt-start") deps.waits(false);
      return undefined;
    },
    end(outcome) {
      const { error } = outcome;
      if (response.destroyed) return;
      if (error === undefined && answering !== undefined) answer.end(outcome, answering);
      else if (response.headersSent) breakOff(exchange, answer, error);
      else if (error?.code === "aborted") writeBad(exchange, GOING_DOWN);
      else writeFailure(exchange, outcome);
    },
  };
}

type Piece = Exclude<ChatEvent, { type: "failure" }>;

interface Answer {
  take(event: Piece, answering: Answering): Promise<void> | undefined;
  /** The run ended well. */
  end(outcome: Outcome, answering: Answering): void;
  /** What is written where the answer breaks off, if it knows that better than the door. */
  lastWords?(message: string, code?: string): string | undefined;
}

/** Passes an answer on while it comes. */
function streamed(exchange: Exchange, deps: RelayDeps): Answer {
  const { response, door } = exchange;
  const { asked } = deps;
  const reframes = door.stream.reframes?.(asked) ?? false;
  let untouched = false;
  let encoder: StreamEncoder | undefined;
  const begin = (answering: Answering, costUsd: number | undefined) => {
    const chainLog = [...answering.chainLog, `${answering.member}: streaming`];
    const headers = responseHeaders({ requestId: exchange.id, chainLog, answering, costUsd });
    headers.push("content-type", door.stream.contentType(asked), "cache-control", "no-cache");
    writeHead(exchange, 200, headers);
  };
  const pass = (event: Piece, answering: Answering) => {
    if (event.type === "bytes" && !reframes) {
      untouched = true;
      return write(response, event.bytes, deps);
    }
    // The backend's own end has passed with its bytes.
    if (untouched) return undefined;
    encoder ??= door.stream.encoder(deps.identityOf(answering.model), asked);
    return write(response, encoder.push(event), deps);
  };
  return {
    take(event, answering) {
      if (response.headersSent) return pass(event, answering);
      const costUsd = deps.estimate(answering);
      if (!(costUsd instanceof Promise)) {
        begin(answering, costUsd);
        return pass(event, answering);
      }
      return costUsd.then((usd) => {
        begin(answering, usd);
        return pass(event, answering);
      });
    },
    end: () => void response.end(),
    lastWords: (message, code) => encoder?.breakOff?.(message, code),
  };
}

/** Writes an answer when it is complete, so that its headers tell what it came to. */
function whole(exchange: Exchange, { asked, identityOf }: RelayDeps): Answer {
  const { id, door } = exchange;
  const vectors = asked.task === "embeddings" ? door.answer.encodeVectors : undefined;
  const events: Piece[] = [];
  let bytes: Uint8Array | string | undefined;
  return {
    take(event) {
      if (event.type !== "bytes") events.push(event);
      else bytes = vectors === undefined ? event.bytes : vectors(event.bytes, asked);
      return undefined;
    },
    end({ chainLog, costUsd }, answering) {
      const headers = responseHeaders({ requestId: id, chainLog, answering, costUsd });
      headers.push("content-type", "application/json");
      const body = bytes ?? door.answer.encode(events, identityOf(answering.model), asked);
      writeAnswer(exchange, 200, headers, body);
    },
  };
}

/** A run was aborted, and its client is still there. */
const GOING_DOWN = bad(503, "server_shutdown", "the server is going down");

/** Nobody answered: the error says why, and what could be done. */
export function writeFailure(
  exchange: Exchange,
  { error, chainLog }: Pick<Outcome, "error" | "chainLog">,
): void {
  if (error === undefined) throw new TypeError("a run without an error had no answer");
  const { id, door } = exchange;
  const { status, headers, body } = door.failure.encode(error, errorContext(error), id);
  const list = responseHeaders({ requestId: id, chainLog });
  list.push(...Object.entries(headers).flat());
  writeAnswer(exchange, status, list, body);
}

/**
 * The answer broke off after it had begun: the error event is flushed, and then the connection cut, because most SDKs take a
 * clean end for success.
 */
function breakOff({ response, door }: Exchange, { lastWords }: Answer, error: RunError | undefined): void {
  const { message, code } =
    error?.code === "aborted"
      ? GOING_DOWN
      : { message: error?.message ?? "the answer broke off", code: undefined };
  const words = lastWords?.(message, code) ?? door.stream.encodeFailure(message, code);
  response.write(words, () => response.destroy());
}

/** Resolves when there is room for more, or nobody to read it any more. Whoever reads nothing for too long counts as gone. */
function write(
  response: ServerResponse,
  part: string | Uint8Array,
  deps: RelayDeps,
): Promise<void> | undefined {
  if (part.length === 0 || response.destroyed || response.write(part)) return undefined;
  return drained(response, deps);
}

function drained(response: ServerResponse, { clock, stalledMs }: RelayDeps): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(stalledMs, () => response.destroy());
    const go = () => {
      cancel();
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}
