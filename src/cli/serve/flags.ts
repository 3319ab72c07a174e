import type { ServerConfig } from "../../config/server.ts";
import { Problem } from "../../core/problem.ts";
import type { ServeFlags } from "../commands/serve.ts";

/** What the flags say over the configuration, and how requests are told. */
export interface ServeOptions {
  readonly overrides: Partial<Pick<ServerConfig, "host" | "port" | "accessTokenEnv">>;
  readonly format: "pretty" | "json";
}

/** Reads the flags of `nexus serve`. Throws a `Problem` of kind `usage`. */
export function readServeFlags(flags: ServeFlags, terminal: boolean): ServeOptions {
  const { host, port, tokenEnv, logFormat } = flags;
  const stated = readPort(port);
  if (logFormat !== undefined && logFormat !== "pretty" && logFormat !== "json") {
    throw new Problem("usage", "bad_log_format", `--log-format has to be pretty or json, not "${logFormat}"`);
  }
  return {
    overrides: {
      ...(host === undefined ? {} : { host }),
      ...(stated === undefined ? {} : { port: stated }),
      ...(tokenEnv === undefined ? {} : { accessTokenEnv: tokenEnv }),
    },
    format: logFormat ?? (terminal ? "pretty" : "json"),
  };
}

/** Reads `--port`. Throws a `Problem` of kind `usage`. */
export function readPort(port: string | undefined): number | undefined {
  if (port === undefined) return undefined;
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new Problem("usage", "bad_port", `--port has to be a whole number from 0 to 65535, not "${port}"`);
}
