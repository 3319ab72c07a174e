import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { startMock } from "../../../src/mock/mock.ts";
import type { Step } from "../../../src/mock/step.ts";
import { deadAddress } from "../support/backends.ts";
import type { Peer, Special } from "./row.ts";

/** A port where nobody listens. */
export const closedPort: Special = {
  how: "a port where nothing listens",
  open: async () => ({ url: await deadAddress(), reached: () => 0, close: async () => {} }),
};

/** A host name that nobody has. */
export const unknownHost: Special = {
  how: "a host name that does not exist",
  // A label of more than 63 characters cannot exist, which needs no name server to say.
  open: async () => ({
    url: `http://${"a".repeat(64)}.example/v1`,
    reached: () => 0,
    close: async () => {},
  }),
};

/** Accepts no connection: the queue of those that wait is full, so that the next gets no answer at all. */
export const blackHole: Special = {
  how: "an address whose firewall drops everything",
  async open() {
    // A thread that listens and then never returns to its event loop.
    const worker = new Worker(
      `const { parentPort } = require("node:worker_threads");
       const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
         parentPort.postMessage(server.address().port);
         setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20);
       });`,
      { eval: true },
    );
    const [port] = await once(worker, "message");
    await new Promise((resolve) => setTimeout(resolve, 60));
    const fill = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    await Promise.race(fill.map((socket) => once(socket, "connect")));
    return {
      url: `http://127.0.0.1:${port}`,
      reached: () => 0,
      async close() {
        for (const socket of fill) socket.destroy();
        await worker.terminate();
      },
    };
  },
};

/** Accepts connections and says nothing, to a client that starts with TLS. */
export const silentTls: Special = {
  how: "a TLS port that never shakes hands",
  async open() {
    const { port, ...peer } = await tcp(() => {});
    return { ...peer, url: `https://127.0.0.1:${port}` };
  },
};

/** Speaks plain HTTP where the address says https. */
export const plainOnTls: Special = {
  how: "an https:// address whose port speaks plain HTTP",
  async open() {
    const { port, ...peer } = await tcp((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"));
    });
    return { ...peer, url: `https://127.0.0.1:${port}` };
  },
};

/** Speaks TLS where the address says http, and answers as TLS does: with an alert. */
export const alerting: Special = {
  how: "an http:// address whose port speaks TLS",
  open: () =>
    tcp((socket) => socket.once("data", () => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46])))),
};

/** A good backend behind a name whose lookup is told by a line of code; `dns` is Node's module. */
export function lookedUp(how: string, lookup: string, steps: readonly Step[] = []): Special {
  return {
    how,
    async open() {
      const mock = await startMock({ steps, answer: "Hello there." });
      return {
        url: `http://backend.example:${mock.port}`,
        env: preloading(`import dns from "node:dns"; const real = dns.lookup;
          dns.lookup = (host, options, done) => host === "backend.example" ? (${lookup}) : real(host, options, done);`),
        reached: () => mock.chats.length,
        close: () => mock.close(),
      };
    },
  };
}

/** A scripted backend, asked by a program whose wall clock jumps by so many milliseconds soon after its start. */
export function jumpingClock(ms: number, steps: readonly Step[]): Special {
  return {
    how: "`date --set` while a run waits",
    async open() {
      const mock = await startMock({ steps, answer: "Hello there." });
      return {
        url: mock.url,
        env: preloading(`const { now } = Date; let by = 0; Date.now = () => now() + by;
          globalThis.Date = class extends Date { constructor(...at) { at.length ? super(...at) : super(Date.now()); } };
          setTimeout(() => { by = ${ms}; }, 600).unref();`),
        reached: () => mock.chats.length,
        close: () => mock.close(),
      };
    },
  };
}

/** The environment that lets a program run this code before its own. */
function preloading(code: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=data:text/javascript;base64,${Buffer.from(code).toString("base64")}` };
}

/** A backend behind `HTTPS_PROXY`; what the proxy does with a connection. `refused`: there is none. */
export function proxy(how: string, serve: ((socket: Socket) => void) | "refused"): Special {
  return {
    how,
    async open() {
      const { port, ...peer } = await tcp(serve === "refused" ? () => {} : serve);
      if (serve === "refused") await peer.close();
      const address = `http://127.0.0.1:${port}`;
      const env = { HTTPS_PROXY: address, HTTP_PROXY: address };
      return {
        ...peer,
        url: "https://backend.example",
        env,
        close: serve === "refused" ? async () => {} : peer.close,
      };
    },
  };
}

/** What a proxy says to everything. */
export function saying(status: string): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`));
  };
}

async function tcp(serve: (socket: Socket) => void): Promise<Peer & { readonly port: number }> {
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).resume();
    serve(socket);
  });
  const port = await listening(server);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    reached: () => sockets.size,
    close: () => closing(server, sockets),
  };
}

/** Lets a server listen on loopback and returns its port. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return address.port;
}

/** Ends a server and its connections. */
export async function closing(server: Server, sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
}
