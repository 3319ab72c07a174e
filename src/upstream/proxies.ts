import { Problem } from "../core/problem.ts";

/** The proxies the environment names; an empty text stands for none. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; as with curl, the lower-case spelling wins. Undefined: no proxy.
 * Throws a `Problem` for a proxy that is no http(s) address.
 */
export function readProxies(env: Env): Proxies | undefined {
  const httpProxy = readAddress(env, "HTTP_PROXY");
  const httpsProxy = readAddress(env, "HTTPS_PROXY");
  if (httpProxy === "" && httpsProxy === "") return undefined;
  return { httpProxy, httpsProxy, noProxy: read(env, "NO_PROXY") };
}

function read(env: Env, name: string): string {
  return (env[name.toLowerCase()] || env[name] || "").trim();
}

function readAddress(env: Env, name: string): string {
  const value = read(env, name);
  if (value === "") return "";
  const address = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  // The value may hold a password and is not repeated.
  throw new Problem(
    "config",
    "invalid_proxy",
    `${name} is not the address of a proxy`,
    `Set ${name}=http://host:port`,
  );
}

/** Whether an address is this very machine, which is never reached through a proxy. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4})$/i.test(
    host,
  );
}
