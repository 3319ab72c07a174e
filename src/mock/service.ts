import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Clock, pause } from "../core/clock.ts";
import { completeAnswer } from "./answer.ts";
import { admits, chooseStep, type Script } from "./choose.ts";
import type { MockDialect } from "./dialects/dialect.ts";
import type { Exchange } from "./exchange.ts";
import type { OpenRecord, RecordedRequest, Recorder } from "./recorder.ts";

/** A script and the world it is played in. */
export interface Service extends Script {
  readonly pace: { readonly latencyMs: number; readonly chunkDelayMs: number };
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  readonly onEnd: (request: RecordedRequest) => void;
}

/** Returns what answers one request. */
export function createService(service: Service) {
  const { dialect, steps, recorder, clock, pace } = service;
  const seen = new WeakSet<Socket>();
  let chats = 0;

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket, headers, method = "", url = "/" } = request;
    const reused = seen.has(socket);
    seen.add(socket);
    const path = url.replace(/\?.*$/s, "");
    const kind = kindOf(dialect, method, path);
    const scripted = kind === "chat" || kind === "embeddings";
    const early =
      scripted && admits(service, { kind, headers }) && steps.peek().beforeBody ? steps.take() : undefined;
    const rawBody = early ? "" : await bodyOf(request);
    if (rawBody === undefined) return;

    const body = parsed(rawBody);
    const chat = scripted ? dialect.read(body, path) : undefined;
    const atMs = clock.now();
    const step = early ?? chooseStep(service, { kind, method, headers, path, chat, atMs });
    const received = { atMs, method, path: url, headers, rawBody, body, kind, step: step.label };
    const record: OpenRecord = { ...received, status: undefined, aborted: false, endedAtMs: undefined };
    const call = { ...(chat ?? NO_CHAT), number: kind === "chat" ? ++chats : chats, atMs };
    const answer = completeAnswer(step.answer, call, pace);
    const life = followLife(response, record, service);
    recorder.received(record);
    const exchange: Exchange = { response, socket, reused, dialect, call, answer, clock, ...life };
    if (answer.latencyMs > 0) await pause(clock, answer.latencyMs, exchange.gone);
    if (!exchange.gone.aborted) await step.act(exchange);
  };
}

const NO_CHAT = { model: "", stream: false, includeUsage: false, prompt: "" };

/** Notices the end of an exchange, and books it once. */
function followLife(
  response: ServerResponse,
  record: OpenRecord,
  { clock, closing, recorder, onEnd }: Service,
): Pick<Exchange, "gone" | "endsHere"> {
  const gone = new AbortController();
  let ours = false;
  const over = () => {
    if (gone.signal.aborted) return;
    closing.removeEventListener("abort", closed);
    record.status = response.headersSent ? response.statusCode : undefined;
    gone.abort();
    recorder.ended(record, { aborted: !ours && !response.writableFinished, atMs: clock.now() });
    onEnd(record);
  };
  const closed = () => {
    ours = true;
    over();
  };
  response.once("close", over);
  closing.addEventListener("abort", closed, { once: true });
  return {
    gone: gone.signal,
    endsHere: () => {
      ours = true;
    },
  };
}

function kindOf(dialect: MockDialect, method: string, path: string): RecordedRequest["kind"] {
  const chats = dialect.chatPaths.includes(path) || dialect.chatPattern?.test(path);
  if (method === "POST" && chats) return "chat";
  if (method === "POST" && dialect.embeddingsPaths.includes(path)) return "embeddings";
  if (method === "GET" && dialect.modelsPaths.includes(path)) return "models";
  return method === "GET" && path === "/health" ? "health" : "other";
}

/** Undefined: the client went away before it had sent everything. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) if (part instanceof Buffer) parts.push(part);
  } catch {
    return undefined;
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
