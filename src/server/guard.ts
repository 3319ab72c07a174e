import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { CREDENTIAL_HEADERS, credentialInQuery } from "../dialects/credentials.ts";
import { isPreflight } from "./pages.ts";
import type { WrongTokens } from "./wrong-tokens.ts";

/** Whom the server listens to. */
export interface GuardOptions {
  /** Names, with or without a port, that a request may be addressed to, beside those of the machine itself. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may ask. */
  readonly allowedOrigins: readonly string[];
  /** Where the server listens. */
  readonly host: string;
  readonly port: number;
  /** The access token, if there is one. */
  readonly token: string | undefined;
}

/** Why a request is turned away before anything of it is read. */
export interface TurnedAway {
  readonly status: 400 | 401 | 403 | 421 | 429 | 431;
  readonly code: string;
  readonly message: string;
}

/** More header lines than this no honest client sends; beyond 1,023 Node drops them silently. */
const MAX_HEADER_LINES = 200;

/** Names of the machine itself. */
const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/** Makes the check that every request passes first. */
export function createGuard(
  options: GuardOptions,
  wrongTokens: WrongTokens,
): (request: IncomingMessage) => TurnedAway | undefined {
  const hosts = new Set(
    [...LOOPBACK_NAMES, options.host, ...options.allowedHosts].flatMap((name) => [
      name.toLowerCase(),
      `${name.toLowerCase()}:${options.port}`,
    ]),
  );
  // Never a name for a machine, whatever was bound.
  for (const name of ["0.0.0.0", "[::]", "::"]) {
    hosts.delete(name);
    hosts.delete(`${name}:${options.port}`);
  }
  const origins = new Set(options.allowedOrigins);
  const expected = options.token === undefined ? undefined : digest(options.token);

  return (request) => {
    const { rawHeaders, headers } = request;
    if (rawHeaders.length > 2 * MAX_HEADER_LINES)
      return away(431, "too_many_headers", "too many header lines");
    if (countLines(rawHeaders, "host") !== 1)
      return away(400, "invalid_host", "a request has exactly one Host header");
    const host = (headers.host ?? "").toLowerCase();
    if (!hosts.has(host))
      return away(421, "host_not_allowed", "this server is not the host that was asked for");
    if (!request.url?.startsWith("/")) return away(400, "invalid_target", "the request target is no path");
    if (headers.upgrade?.toLowerCase() === "websocket")
      return away(400, "no_upgrade", "there are no web sockets here");
    const origin = headers.origin;
    if (origin !== undefined && !origins.has(origin)) {
      return away(403, "origin_not_allowed", "pages of this origin may not ask; see server.allowed_origins");
    }
    const site = headers["sec-fetch-site"];
    if (origin === undefined && (site === "cross-site" || site === "same-site")) {
      return away(403, "origin_not_allowed", "other pages may not ask; see server.allowed_origins");
    }
    if (expected === undefined || isPreflight(request)) return undefined;
    const given = tokensOf(request);
    if (given.some((one) => timingSafeEqual(digest(one), expected))) return undefined;
    // The right token is always let in: whoever shares its owner's address cannot lock the owner out.
    const peer = request.socket.remoteAddress ?? "";
    return given.length > 0 && wrongTokens.count(peer)
      ? away(429, "too_many_wrong_tokens", "too many wrong access tokens came from this address")
      : away(401, "invalid_access_token", "the access token is missing or wrong");
  };
}

/** Whatever stands where an SDK sends its key, bare or as a bearer's. Of two lines none is right. */
function tokensOf({ url = "", headers, rawHeaders }: IncomingMessage): readonly string[] {
  const inHeaders = CREDENTIAL_HEADERS.flatMap((name) => {
    const value = countLines(rawHeaders, name) > 1 ? "" : headers[name];
    return typeof value === "string" ? [value.replace(/^Bearer +/i, "").trim()] : [];
  });
  const inQuery = credentialInQuery(url);
  return inQuery === undefined ? inHeaders : [...inHeaders, inQuery];
}

/** How often a header stands there, by its name in lower case. */
function countLines(rawHeaders: readonly string[], wanted: string): number {
  let lines = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === wanted.length && name.toLowerCase() === wanted) lines += 1;
  }
  return lines;
}

/** Digests are of one length, so that comparing them tells nothing of the token. */
function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

function away(status: TurnedAway["status"], code: string, message: string): TurnedAway {
  return { status, code, message };
}
