import type { ServerResponse } from "node:http";
import type { ChatEvent } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Answering, Outcome, RunEvent } from "../core/outcome.ts";
import { after, type Take } from "../core/take.ts";
import type { AnswerIdentity, DoorRequest, FrontDoor, StreamEncoder } from "../dialects/dialect.ts";
import { errorContext } from "./context.ts";
import { responseHeaders } from "./headers.ts";
import { bad, writeBad } from "./refusals.ts";

/** By what an answer is written. */
export interface Relay {
  readonly door: FrontDoor;
  readonly requestId: string;
  readonly asked: DoorRequest;
  /** USD that the answer will cost, as far as it can be known before it begins. */
  readonly estimate: (answering: Answering) => Promise<number | undefined>;
  /** Seconds since 1970. */
  readonly created: number;
  /** Hears when the run begins to wait for its turn, and when it goes on. */
  readonly waits: (waiting: boolean) => void;
  readonly clock: Clock;
  /** When the request came, by that clock. */
  readonly began: number;
  /** Milliseconds after which somebody who reads nothing is left. */
  readonly stalledMs: number;
}

/**
 * Writes a run as an HTTP answer: one status and true headers when the answer begins, then what comes of it. A reader that
 * is slow slows the run.
 */
export async function relayRun(
  run: (tell: Take<RunEvent>) => Promise<Outcome>,
  response: ServerResponse,
  relay: Relay,
): Promise<Outcome> {
  const answer = relay.asked.stream ? streamed(response, relay) : whole(response, relay);
  let answering: Answering | undefined;
  const outcome = await run((event) => {
    if (event.type === "chat" && answering !== undefined) return answer.take(event.event, answering);
    if (event.type === "committed") answering = event.answering;
    else if (event.type === "waiting") relay.waits(event.why !== "retry-delay");
    else if (event.type === "attempt-start") relay.waits(false);
    return undefined;
  });
  if (response.destroyed) return outcome;
  if (outcome.error === undefined && answering !== undefined) answer.end(outcome, answering);
  else if (response.headersSent) breakOff(response, relay, answer, outcome);
  else if (outcome.error?.code === "aborted") writeBad(response, relay.requestId, GOING_DOWN, relay.door);
  else writeFailure(response, relay, outcome);
  return outcome;
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
function streamed(response: ServerResponse, relay: Relay): Answer {
  const reframes = relay.door.stream.reframes?.(relay.asked) ?? false;
  let untouched = false;
  let encoder: StreamEncoder | undefined;
  const begin = async (answering: Answering) => {
    const costUsd = await relay.estimate(answering);
    const chainLog = [...answering.chainLog, `${answering.member}: streaming`];
    response.writeHead(200, {
      "content-type": relay.door.stream.contentType(relay.asked),
      "cache-control": "no-cache",
      ...tell(relay, chainLog, answering, costUsd),
    });
  };
  return {
    take: (event, answering) =>
      after(response.headersSent ? undefined : begin(answering), () => {
        if (event.type === "bytes" && !reframes) {
          untouched = true;
          return write(response, event.bytes, relay);
        }
        // The backend's own end has passed with its bytes.
        if (untouched) return undefined;
        encoder ??= relay.door.stream.encoder(identityOf(relay, answering.model), relay.asked);
        return write(response, encoder.push(event), relay);
      }),
    end: () => void response.end(),
    lastWords: (message, code) => encoder?.breakOff?.(message, code),
  };
}

/** Writes an answer when it is complete, so that its headers tell what it came to. */
function whole(response: ServerResponse, relay: Relay): Answer {
  const { asked, door } = relay;
  const vectors = asked.task === "embeddings" ? door.answer.encodeVectors : undefined;
  const events: Piece[] = [];
  let bytes: Uint8Array | undefined;
  return {
    take(event) {
      if (event.type === "bytes")
        bytes = vectors === undefined ? event.bytes : Buffer.from(vectors(event.bytes, asked));
      else events.push(event);
      return undefined;
    },
    end(outcome, answering) {
      const body =
        bytes ??
        Buffer.from(relay.door.answer.encode(events, identityOf(relay, answering.model), relay.asked));
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": body.length,
        ...tell(relay, outcome.chainLog, answering, outcome.costUsd),
      });
      response.end(body);
    },
  };
}

/** A run was aborted, and its client is still there. */
const GOING_DOWN = bad(503, "server_shutdown", "the server is going down");

/** Nobody answered: the error says why, and what could be done. */
export function writeFailure(
  response: ServerResponse,
  { door, requestId }: Pick<Relay, "door" | "requestId">,
  { error, chainLog }: Pick<Outcome, "error" | "chainLog">,
): void {
  if (error === undefined) throw new TypeError("a run without an error had no answer");
  const { status, headers, body } = door.failure.encode(error, errorContext(error), requestId);
  response.writeHead(status, {
    ...headers,
    "content-length": Buffer.byteLength(body),
    ...responseHeaders({ requestId, chainLog }),
  });
  response.end(body);
}

/**
 * The answer broke off after it had begun: the error event is flushed, and then the connection cut, because most SDKs take a
 * clean end for success.
 */
function breakOff(
  response: ServerResponse,
  { door }: Relay,
  { lastWords }: Answer,
  { error }: Outcome,
): void {
  const { message, code } =
    error?.code === "aborted"
      ? GOING_DOWN
      : { message: error?.message ?? "the answer broke off", code: undefined };
  const words = lastWords?.(message, code) ?? door.stream.encodeFailure(message, code);
  response.write(words, () => response.destroy());
}

/** Resolves when there is room for more, or nobody to read it any more. Whoever reads nothing for too long counts as gone. */
function write(response: ServerResponse, part: string | Uint8Array, relay: Relay): Promise<void> | undefined {
  if (part.length === 0 || response.destroyed || response.write(part)) return undefined;
  return drained(response, relay);
}

function drained(response: ServerResponse, { clock, stalledMs }: Relay): Promise<void> {
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

function tell(
  { requestId }: Relay,
  chainLog: readonly string[],
  answering: Answering,
  costUsd: number | undefined,
): Record<string, string> {
  const { zone } = answering.backend;
  const cost = costUsd === undefined ? {} : { costUsd };
  const { dropped } = answering;
  return responseHeaders({ requestId, chainLog, answering: { ...answering, zone }, dropped, ...cost });
}

/** What an answer says of itself. */
export function identityOf(
  { requestId, created, clock, began }: Pick<Relay, "requestId" | "created" | "clock" | "began">,
  model: string,
): AnswerIdentity {
  return { id: requestId.replace(/^req_/, ""), created, model, elapsedMs: () => clock.now() - began };
}
