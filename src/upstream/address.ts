import type { Backend } from "../core/backend.ts";

/** Where a request goes. */
export interface Address {
  /** The backend's, which says whether a proxy is on the way. */
  readonly url: URL;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

const parsed = new WeakMap<object, URL>();

/** The address of a path at a backend, whose URL is parsed once. */
export function addressOf(target: Pick<Backend, "url">, path: string): Address {
  let url = parsed.get(target);
  if (url === undefined) {
    url = new URL(target.url);
    parsed.set(target, url);
  }
  return { url, origin: url.origin, path: url.pathname.replace(/\/$/, "") + path };
}
