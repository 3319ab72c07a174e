import type { IncomingMessage } from "node:http";
import { HEADER_NAMES } from "./headers.ts";

/** What a page may read of an answer, beside what every page may. */
const EXPOSED = [...HEADER_NAMES, "retry-after", "x-should-retry"].join(", ");

/** Seconds a browser may remember what it was told before it asked. */
const REMEMBERED_S = "600";

/** Whether a browser asks what a page may ask. It sends no access token with that. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === "OPTIONS" &&
    headers.origin !== undefined &&
    headers["access-control-request-method"] !== undefined
  );
}

/** Headers by which a browser shows an answer to the page that asked; none for pages that may not ask. */
export function pageHeaders(
  { headers: { origin } }: IncomingMessage,
  allowedOrigins: readonly string[],
): Readonly<Record<string, string>> {
  if (origin === undefined || !allowedOrigins.includes(origin)) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED,
    vary: "origin",
  };
}

/** What a page may send to a door that takes these methods. */
export function preflightHeaders(
  { headers }: IncomingMessage,
  methods: readonly string[],
): Readonly<Record<string, string>> {
  const wanted = headers["access-control-request-headers"] ?? "";
  return {
    "access-control-allow-methods": methods.join(", "),
    "access-control-max-age": REMEMBERED_S,
    // Whatever SDKs send in browsers may come: what is not known is not looked at.
    ...(/^[\w-]+(?:\s*,\s*[\w-]+)*$/.test(wanted) && { "access-control-allow-headers": wanted }),
  };
}
