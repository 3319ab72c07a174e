import { Problem } from "../core/problem.ts";

/** Headers that carry credentials, or that are the connection's own. */
const FORBIDDEN =
  /^(authorization|proxy-authorization|cookie|x-api-key|api-key|x-goog-api-key|x-auth-token|host|content-length|content-type|connection|transfer-encoding|te|upgrade|expect)$/i;

/** A backend's extra request headers, checked. Throws a `Problem` naming backend and header, never the value. */
export function extraHeaders(
  backend: string,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (FORBIDDEN.test(name))
      throw broken(backend, name, "cannot be set here", "keys go through `nexus key set`");
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw broken(backend, name, "is no name of a header");
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw broken(backend, name, "may hold printable ASCII only");
  }
  return headers;
}

function broken(backend: string, name: string, what: string, hint?: string): Problem {
  const where = `backend "${backend}": headers: ${JSON.stringify(name)}`;
  return new Problem("config", "backend_header_invalid", `${where} ${what}`, hint);
}
