import type { Socket } from "node:net";
import type { Zone } from "../core/backend.ts";
import { isObject } from "../core/json.ts";
import { isLoopback, type Proxies } from "./proxies.ts";
import { Agent, buildConnector, type Connector, type Dispatcher, EnvHttpProxyAgent, Pool } from "./undici.ts";

/** The connections of a process, kept alive between requests, direct or through a proxy. */
export interface Agents {
  /** The way to a backend: never a proxy to this machine, nor to a backend that keeps data on the user's machines. */
  to(url: URL, zone: Zone): Dispatcher;
  /** The same way over new connections: `dispatch` sends one request, after which they are closed. */
  afresh<T>(url: URL, zone: Zone, dispatch: (agent: Dispatcher) => T): T;
  /** Drops every connection, those not yet established too. */
  close(): Promise<void>;
}

const CONNECTIONS = {
  // The clocks of an attempt are the engine's; undici's are coarse and would cut slow models.
  headersTimeout: 0,
  bodyTimeout: 0,
  // Where a server does not say how long it keeps a connection: longer than people think between two questions, and shorter than
  // the minute after which many load balancers drop one. undici's own 4 s would cost nearly every question a new handshake. One
  // that the server has dropped all the same is found out, and the request goes out on a new one.
  keepAliveTimeout: 55_000,
};

const SOCKETS = {
  autoSelectFamily: true,
  // Node's own 250 ms gives up addresses that are merely far away.
  autoSelectFamilyAttemptTimeout: 500,
  // The last resort only: every request has its own exact connect clock.
  timeout: 120_000,
};

/** Makes the agents. `onConnecting` hears of every socket as it is opened, and whether a proxy is at its other end. */
export function createAgents(
  proxies: Proxies | undefined,
  onConnecting: (socket: Socket, toProxy: boolean) => void,
): Agents {
  const connecting = new Set<Socket>();
  const connector = buildConnector(SOCKETS);
  const connectTo =
    (proxy: boolean): Connector =>
    (options, callback) => {
      // Undeclared, but the connector returns the socket; without it nobody could end a connection that hangs.
      const socket: unknown = connector(options, callback);
      if (!isSocket(socket)) return;
      connecting.add(socket);
      const established = options.protocol === "https:" ? "secureConnect" : "connect";
      for (const event of [established, "close"]) socket.once(event, () => connecting.delete(socket));
      onConnecting(socket, proxy);
    };
  const connect = connectTo(false);
  const createDirect = () => new Agent({ ...CONNECTIONS, connect });
  const createProxied = () =>
    new EnvHttpProxyAgent({
      ...CONNECTIONS,
      ...proxies,
      connect,
      clientFactory: (origin, options) => new Pool(origin, { ...options, connect: connectTo(true) }),
      requestTls: { timeout: SOCKETS.timeout },
    });
  const direct = createDirect();
  const proxied = proxies === undefined ? undefined : createProxied();
  const open = new Set<Dispatcher>(proxied === undefined ? [direct] : [direct, proxied]);

  function wantsProxy(url: URL, zone: Zone): boolean {
    return proxies !== undefined && zone !== "restricted" && !isLoopback(url);
  }

  return {
    to: (url, zone) => (proxied !== undefined && wantsProxy(url, zone) ? proxied : direct),
    afresh(url, zone, dispatch) {
      const agent = wantsProxy(url, zone) ? createProxied() : createDirect();
      open.add(agent);
      const result = dispatch(agent);
      // Waits for the request that is under way, and takes no other.
      agent.close(() => open.delete(agent));
      return result;
    },
    async close() {
      for (const socket of connecting) socket.destroy();
      await Promise.all(Array.from(open, (agent) => agent.destroy()));
    },
  };
}

function isSocket(value: unknown): value is Socket {
  return isObject(value) && typeof value["destroy"] === "function" && typeof value["once"] === "function";
}
