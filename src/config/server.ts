import type * as z from "zod/mini";
import type { SERVER } from "./schema.ts";

/** What file or environment say below `server`. */
export type ServerRecord = z.infer<typeof SERVER>;

/** How `nexus serve` listens and what it lets in, every default filled in. */
export interface ServerConfig {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Name of the variable that holds the access token. */
  readonly accessTokenEnv: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly maxBodyBytes: number;
  readonly maxInFlight: number;
  /** Milliseconds; 0: none. */
  readonly maxLoopDelayMs: number;
  /** Milliseconds that requests under way get when the server goes down. */
  readonly drainMs: number;
}

/** The configuration of the server, with what is stated over the defaults; later statements win. */
export function serverConfig(...stated: readonly ServerRecord[]): ServerConfig {
  const record: ServerRecord = Object.assign({}, ...stated);
  return {
    host: record.host ?? "127.0.0.1",
    port: record.port ?? 8642,
    accessTokenEnv: record.access_token_env,
    allowedOrigins: record.allowed_origins ?? [],
    allowedHosts: record.allowed_hosts ?? [],
    maxBodyBytes: record.max_body_bytes ?? 33_554_432,
    maxInFlight: record.max_in_flight ?? 256,
    maxLoopDelayMs: record.max_loop_delay_ms ?? 500,
    drainMs: record.drain_ms ?? 30_000,
  };
}
