import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Times } from "./options.ts";

/** Most requests of one connection that wait for the answer to the one before; with more it is cut off. */
const MAX_WAITING = 128;

/** Makes what listens for connections, with their clocks. Each connection is answered one request after the other. */
export function createListener(handle: RequestListener, times: Times): Server {
  const listener = createServer(
    {
      headersTimeout: times.headersMs,
      requestTimeout: times.bodyMs,
      keepAliveTimeout: times.idleMs,
      connectionsCheckingInterval: times.checkMs,
      // The guard says what is missing, as an error that clients can read.
      requireHostHeader: false,
    },
    inTurn(handle),
  );
  // Whoever waits for a word before it sends a body gets it when the body is read.
  listener.on("checkContinue", (request, response) => listener.emit("request", request, response));
  return listener;
}

/** Requests that were sent before the answer to an earlier one are not begun before it has left. */
function inTurn(handle: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  const count = ({ socket }: IncomingMessage, change: 1 | -1): number => {
    const now = (waiting.get(socket) ?? 0) + change;
    waiting.set(socket, now);
    return now;
  };
  return (request, response) => {
    if (response.socket !== null) return handle(request, response);
    if (count(request, 1) > MAX_WAITING) return request.socket.destroy();
    return response.once("socket", () => {
      count(request, -1);
      // The answer before may have been given so long to be read.
      request.socket.setTimeout(0);
      handle(request, response);
    });
  };
}
