import { pause } from "../core/clock.ts";
import { type Exchange, send, write } from "./exchange.ts";

/** A stretch of a stream. */
export type Stage = "opening" | "content" | "finish" | "usage" | "done";

/** One framed message and the stretch it belongs to. */
interface Frame {
  readonly stage: Stage;
  readonly text: string;
}

/** How much of the answer goes out, and in what bytes. */
export interface Portion {
  /** The last stretch that is sent; default all. */
  readonly through?: Stage;
  /** At most so many frames of content. */
  readonly content?: number;
  /** The bytes of a frame, one write each; default: its text in one. */
  readonly encode?: (frame: string) => Iterable<string | Uint8Array>;
}

const ORDER: readonly Stage[] = ["opening", "content", "finish", "usage", "done"];

/** The whole scripted answer, streamed or not, as it was asked for. */
export async function sendAnswer(exchange: Exchange, portion: Portion = {}): Promise<void> {
  const { call, dialect, answer, response } = exchange;
  if (!call.stream) {
    send(exchange, 200, dialect.answer(answer, call));
    return;
  }
  await sendFrames(exchange, portion);
  response.end();
}

/** The body that `sendAnswer` would send, and its content type. */
export async function wholeAnswer(exchange: Exchange): Promise<{ type: string; body: string }> {
  const { call, dialect, answer } = exchange;
  if (!call.stream) return { type: "application/json", body: dialect.answer(answer, call) };
  let body = "";
  for await (const { text } of framesOf(exchange, {})) body += text;
  return { type: dialect.streamType, body };
}

/** Headers of a stream and some of its frames, left open. */
export async function sendFrames(exchange: Exchange, portion: Portion): Promise<void> {
  openStream(exchange);
  const { gone, clock, answer } = exchange;
  let first = true;
  for await (const frame of framesOf(exchange, portion)) {
    if (frame.stage === "content" && !first && answer.chunkDelayMs > 0) {
      await pause(clock, answer.chunkDelayMs, gone);
    }
    if (frame.stage === "content") first = false;
    for (const bytes of portion.encode?.(frame.text) ?? [frame.text]) await write(exchange, bytes);
    if (gone.aborted) return;
  }
}

/** Headers of a stream. */
export function openStream({ response, dialect }: Exchange): void {
  response.writeHead(200, { "content-type": dialect.streamType, "cache-control": "no-cache" });
  response.flushHeaders();
}

/**
 * The beginning of an answer, left open: of a stream the opening and so many frames of content, of a single body its
 * headers and first half.
 */
export async function sendBeginning(exchange: Exchange, content: number): Promise<void> {
  const { call, dialect, answer, response } = exchange;
  if (call.stream) return sendFrames(exchange, { through: "content", content });
  const body = dialect.answer(answer, call);
  response.writeHead(200, { "content-type": "application/json" });
  await write(exchange, body.slice(0, Math.ceil(body.length / 2)));
}

async function* framesOf(exchange: Exchange, portion: Portion): AsyncGenerator<Frame> {
  const { dialect, answer, call } = exchange;
  const frames = dialect.frames(answer, call);
  const last = ORDER.indexOf(portion.through ?? "done");
  const reaches = (stage: Stage) => ORDER.indexOf(stage) <= last;
  for (const text of frames.opening) yield { stage: "opening", text };
  if (!reaches("content")) return;
  let left = portion.content ?? Number.POSITIVE_INFINITY;
  if (left > 0) {
    for await (const text of contentOf(exchange)) {
      yield { stage: "content", text };
      if (--left === 0) break;
    }
  }
  for (const stage of ["finish", "usage", "done"] as const) {
    if (!reaches(stage)) return;
    for (const text of frames[stage]) yield { stage, text };
  }
}

async function* contentOf({ dialect, answer, call }: Exchange): AsyncGenerator<string> {
  const frames = dialect.frames(answer, call);
  yield* frames.reasoning;
  for await (const piece of answer.pieces) yield frames.text(piece);
  yield* frames.rest;
}
