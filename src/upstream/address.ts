import type { Backend } from "../core/backend.ts";

/** Where a request goes. */
export interface Address {
  /** The backend's, which says whether a proxy is on the way. */
  readonly url: URL;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
}

/** A backend's own part of every address. */
type Base = Omit<Address, "path"> & { readonly under: string };

const known = new WeakMap<object, Base>();

/** The address of a path at a backend, whose URL is parsed once. */
export function addressOf(target: Pick<Backend, "url">, path: string): Address {
  let base = known.get(target);
  if (base === undefined) {
    base = baseOf(new URL(target.url));
    known.set(target, base);
  }
  const { url, origin, under } = base;
  return { url, origin, path: under + path };
}

function baseOf(url: URL): Base {
  return { url, origin: url.origin, under: url.pathname.replace(/\/$/, "") };
}
