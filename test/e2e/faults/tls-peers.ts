import { readFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { startMock } from "../../../src/mock/mock.ts";
import { closing, listening } from "./peers.ts";
import type { Special } from "./row.ts";

function pem(name: string): URL {
  return new URL(`../../fixtures/tls/${name}.pem`, import.meta.url);
}

/** How a TLS backend is set up beyond its certificate. */
interface Setup {
  /** The program trusts the authority that signed the certificate. */
  readonly trusted?: true;
  readonly options?: ServerOptions;
}

/** A backend with a certificate of the fixtures. It answers 200 `{}` to whoever gets so far. */
export function tls(how: string, certificate: string, { trusted, options }: Setup = {}): Special {
  return {
    how,
    async open() {
      const sockets = new Set<Socket>();
      let requests = 0;
      const server = createServer({ ...credentials(certificate), ...options }, (_request, response) => {
        requests += 1;
        response.end("{}");
      });
      server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
      server.on("tlsClientError", () => {});
      const port = await listening(server);
      return {
        url: `https://127.0.0.1:${port}`,
        env: trusted ? { NODE_EXTRA_CA_CERTS: fileURLToPath(pem("ca.cert")) } : {},
        // No request may come through: what is counted is the tries to connect.
        reached: () => (requests > 0 ? Number.NaN : sockets.size),
        close: () => closing(server, sockets),
      };
    },
  };
}

/** A backend that redirects to another origin, which must never hear of it. `secure`: from https down to http. */
export function redirecting(secure: boolean): Special {
  return {
    how: secure ? "an https:// backend that redirects to http://" : "`nexus mock --fault redirect:to=…`",
    async open() {
      const elsewhere = await startMock();
      const location = `${elsewhere.url}/v1/chat/completions`;
      const mock = await startMock({ steps: [{ fault: "redirect", to: location }] });
      const sockets = new Set<Socket>();
      let requests = 0;
      const server = createServer(credentials("valid"), (_request, response) => {
        requests += 1;
        response.writeHead(307, { location }).end();
      });
      server.on("connection", (socket: Socket) => sockets.add(socket));
      const port = await listening(server);
      return {
        url: secure ? `https://127.0.0.1:${port}` : mock.url,
        env: secure ? { NODE_EXTRA_CA_CERTS: fileURLToPath(pem("ca.cert")) } : {},
        reached: () => (elsewhere.connections > 0 ? Number.NaN : secure ? requests : mock.chats.length),
        async close() {
          await Promise.all([mock.close(), elsewhere.close(), closing(server, sockets)]);
        },
      };
    },
  };
}

function credentials(name: string): ServerOptions {
  return { cert: readFileSync(pem(`${name}.cert`)), key: readFileSync(pem(`${name}.key`)) };
}
