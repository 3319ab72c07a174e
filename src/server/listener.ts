import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { Times } from "./options.ts";

/** Most requests of one connection that wait for the answer to the one before; with more it is cut off. */
const MAX_WAITING = 128;

/** What listens for connections. */
export interface Listener {
  /** Makes it, with its clocks. Each connection is answered one request after the other. */
  create(handle: RequestListener, times: Times): Server;
  /** Closes every connection as soon as no request is under way there, those too on which nothing was ever sent. */
  closeUnused(): void;
}

/** No connections yet. */
export function createListener(): Listener {
  /** Requests by connection: under way, and waiting for it. */
  const open = new Map<Socket, number>();
  let closing = false;

  const begin = (
    socket: Socket,
    handle: RequestListener,
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    response.on("close", () => over(socket));
    handle(request, response);
  };
  /** Requests that were sent before the answer to an earlier one are not begun before it has left. */
  const inTurn =
    (handle: RequestListener): RequestListener =>
    (request, response) => {
      const { socket } = request;
      const before = open.get(socket) ?? 0;
      if (before > MAX_WAITING) return socket.destroy();
      open.set(socket, before + 1);
      if (response.socket !== null) return begin(socket, handle, request, response);
      return response.once("socket", () => {
        // The answer before may have been given only so long to be read.
        socket.setTimeout(0);
        begin(socket, handle, request, response);
      });
    };
  const over = (socket: Socket) => {
    const left = (open.get(socket) ?? 1) - 1;
    if (left === 0 && closing) socket.destroy();
    else if (open.has(socket)) open.set(socket, left);
  };

  return {
    create(handle, times) {
      const server = createServer(
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
      server.on("connection", (socket) => {
        if (closing) return void socket.destroy();
        open.set(socket, 0);
        socket.once("close", () => open.delete(socket));
        return undefined;
      });
      // Whoever waits for a word before it sends a body gets it when the body is read.
      server.on("checkContinue", (request: IncomingMessage, response) =>
        server.emit("request", request, response),
      );
      return server;
    },
    closeUnused() {
      closing = true;
      for (const [socket, requests] of open) if (requests === 0) socket.destroy();
    },
  };
}
