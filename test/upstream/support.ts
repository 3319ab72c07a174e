import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Backend, Secret } from "../../src/core/backend.ts";
import type { ChatEvent } from "../../src/core/chat.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { UpstreamCall } from "../../src/core/ports.ts";
import { stopOn } from "../../src/core/stop.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { createUpstream, type Upstream } from "../../src/upstream/upstream.ts";

/** A server that does what its script says with raw sockets. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Requests as they came, head and body. */
  readonly requests: readonly string[];
  /** Connections so far, closed ones included. */
  readonly connections: readonly Socket[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** What to do with the request of this number, counted from 0 over all connections. */
export type Script = (socket: Socket, request: string, number: number) => void;

/** Listens on loopback. `onConnect` sees a connection before any byte of it. */
export function listen(script: Script, onConnect?: (socket: Socket) => void): Promise<RawServer> {
  return serve(createServer(), script, onConnect);
}

/** Runs a script over a server that somebody else made (TLS, say). */
export async function serve(
  server: Server,
  script: Script,
  onConnect?: (socket: Socket) => void,
): Promise<RawServer> {
  const requests: string[] = [];
  const connections: Socket[] = [];
  server.on("connection", (socket: Socket) => {
    connections.push(socket);
    socket.on("error", () => {});
    onConnect?.(socket);
    let received = "";
    socket.on("data", (data) => {
      received += data.toString("latin1");
      for (let end = endOfRequest(received); end > 0; end = endOfRequest(received)) {
        const request = received.slice(0, end);
        received = received.slice(end);
        requests.push(request);
        script(socket, request, requests.length - 1);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    port: address.port,
    requests,
    connections,
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Where the first whole request of the bytes ends, 0 while it is not whole. */
function endOfRequest(bytes: string): number {
  const head = bytes.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  const length = Number(/^content-length: *(\d+)/im.exec(bytes.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return bytes.length >= end ? end : 0;
}

/** A whole HTTP answer as bytes. */
export function http(status: number, body: string | Buffer, headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ "content-length": String(bytes.length), ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n`), bytes]);
}

/** The head of a stream that is sent in chunks. */
export const STREAM_HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/** One chunk of the transfer coding. */
export function chunked(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** One event of a stream with a piece of text, or with a finish reason. */
export function sse(text: string | null, finish: string | null = null): string {
  const delta = text === null ? {} : { content: text };
  return `data: ${JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

/** The last event of a stream. */
export const DONE = "data: [DONE]\n\n";

/** A whole unstreamed answer. */
export function answer(text: string): string {
  return JSON.stringify({
    id: "c",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
  });
}

/** A key that may be printed nowhere. */
export const KEY: Secret = { reveal: () => "sk-canary-0123456789", fingerprint: "f" };

/** A call to a server with nothing special about it. */
export function callOf(
  url: string,
  special: Partial<UpstreamCall> = {},
  backend: Partial<Backend> = {},
): UpstreamCall {
  return {
    backend: {
      name: "box",
      type: "generic",
      dialect: "openai-chat",
      url,
      key: { env: [], required: false },
      zone: "open",
      tier: 1,
      priority: 50,
      usualModels: [],
      timeouts: { connectMs: 1, firstContentMs: 1, answerMs: 1, idleMs: 1, totalMs: 1 },
      headers: {},
      extraParams: [],
      alsoSpeaks: [],
      source: "configured",
      ...backend,
    },
    model: "m",
    request: { messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }], tools: [], params: {} },
    params: {},
    stream: true,
    key: KEY,
    connectMs: 5_000,
    stop: stopOn(new AbortController().signal),
    ...special,
  };
}

/** An upstream that closes itself at the end of its block. */
export function openUpstream(
  clock: Clock = REAL_CLOCK,
  env: Record<string, string> = {},
): Upstream & AsyncDisposable {
  const upstream = createUpstream({ env, clock });
  return { ...upstream, [Symbol.asyncDispose]: () => upstream.close() };
}

/** All events of a call. */
export async function collect(upstream: Upstream, call: UpstreamCall): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  await upstream.send(call, (event) => void all.push(event));
  return all;
}

/** The text and the end of one call, with an upstream of its own. */
export async function ask(url: string, special: Partial<UpstreamCall> = {}, clock: Clock = REAL_CLOCK) {
  await using upstream = openUpstream(clock);
  return summary(await collect(upstream, callOf(url, special)));
}

/** What somebody who waits for an answer sees of the events. */
export function summary(events: readonly ChatEvent[]) {
  const text = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  const last = events.at(-1);
  const failure: Failure | undefined = last?.type === "failure" ? last.failure : undefined;
  return { text, end: last?.type, ...(failure !== undefined && { failure }) };
}

/** Resolves once `holds` does, looked at after every turn of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
