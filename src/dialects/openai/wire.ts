import type { WireRequest } from "../dialect.ts";

/** A body on its way. */
export function post(body: string, key: string | undefined, path: string): WireRequest {
  const headers = withKey({ "content-type": "application/json", accept: "application/json" }, key);
  return { method: "POST", path, headers, body };
}

/** Headers of every request to such a server. */
export function commonHeaders(key: string | undefined): Record<string, string> {
  return withKey({ accept: "application/json" }, key);
}

/** The key stands in this one place. */
function withKey(headers: Record<string, string>, key: string | undefined): Record<string, string> {
  if (key !== undefined) headers["authorization"] = `Bearer ${key}`;
  return headers;
}
