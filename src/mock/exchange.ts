import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../core/clock.ts";
import type { FullAnswer } from "./answer.ts";
import type { MockCall, MockDialect } from "./dialects/dialect.ts";

/** One request and everything needed to answer it, well or badly. */
export interface Exchange {
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Whether the connection had carried a request before. */
  readonly reused: boolean;
  readonly dialect: MockDialect;
  readonly call: MockCall;
  /** What is said when nothing is wrong. */
  readonly answer: FullAnswer;
  readonly clock: Clock;
  /** Aborts when the client has gone or the server closes. */
  readonly gone: AbortSignal;
  /** Marks the end as the server's doing, so that it does not count as the client's. */
  endsHere(): void;
}

/** What a step does with a request. It resolves when the server has nothing more to send. */
export type Act = (exchange: Exchange) => void | Promise<void>;

/** Silence, until the client gives up. */
export async function hold({ gone }: Exchange): Promise<void> {
  if (!gone.aborted) await once(gone, "abort");
}

/** Closes the connection in the middle of whatever it was doing (FIN). */
export async function cut(exchange: Exchange): Promise<void> {
  exchange.endsHere();
  await flushed(exchange.socket);
  exchange.socket.destroy();
}

/** Breaks the connection (RST). */
export async function reset(exchange: Exchange): Promise<void> {
  exchange.endsHere();
  await flushed(exchange.socket);
  exchange.socket.resetAndDestroy();
}

/** Bytes that wait in the process would be lost with the connection: lets them leave first. */
function flushed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.write("", () => setImmediate(resolve));
  });
}

/** Sends bytes past the HTTP machinery. */
export function writeRaw(exchange: Exchange, bytes: string | Uint8Array): void {
  exchange.socket.write(bytes);
}

/** Sends bytes past the HTTP machinery and closes the connection cleanly. */
export function endRaw(exchange: Exchange, bytes: string | Uint8Array): void {
  exchange.endsHere();
  exchange.socket.end(bytes);
}

/** Sends a part of the body, as fast as the client reads. */
export async function write({ response, gone }: Exchange, bytes: string | Uint8Array): Promise<void> {
  if (gone.aborted || response.write(bytes)) return;
  await once(response, "drain", { signal: gone }).catch((error: unknown) => {
    if (!gone.aborted) throw error;
  });
}

/** A whole answer with one body. */
export function send(
  { response }: Exchange,
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": length, ...headers });
  response.end(body);
}
