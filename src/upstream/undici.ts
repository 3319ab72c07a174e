/**
 * The parts of undici that are used here. Its index would load fetch, caches and mocks too, which doubles the time a short run
 * spends on it.
 */
import type { buildConnector as Connectors } from "undici";
import api from "undici/lib/api/index.js";
import buildConnector from "undici/lib/core/connect.js";
import Agent from "undici/lib/dispatcher/agent.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js";
import Pool from "undici/lib/dispatcher/pool.js";

// As the index does: without it dispatchers have no `request`, and proxies no `connect`.
Object.assign(Dispatcher.prototype, api);

/** How undici opens a connection. */
export type Connector = Connectors.connector;

export { Agent, buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool };
