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
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new Problem("usage", "bad_port", `--port has to be a whole number from 0 to 65535, not "${port}"`);
  }
  if (logFormat !== undefined && logFormat !== "pretty" && logFormat !== "json") {
    throw new Problem("usage", "bad_log_format", `--log-format has to be pretty or json, not "${logFormat}"`);
  }
  return {
    overrides: {
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(tokenEnv === undefined ? {} : { accessTokenEnv: tokenEnv }),
    },
    format: logFormat ?? (terminal ? "pretty" : "json"),
  };
}
