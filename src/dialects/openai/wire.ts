import type { WireRequest } from "../dialect.ts";

/** A body on its way. */
export function post(body: string, key: string | undefined, path: string): WireRequest {
  const headers = { "content-type": "application/json", ...commonHeaders(key) };
  return { method: "POST", path, headers, body };
}

/** Headers of every request to such a server; the key stands in this one place. */
export function commonHeaders(key: string | undefined): Record<string, string> {
  return { accept: "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) };
}
