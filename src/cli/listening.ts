import { Problem } from "../core/problem.ts";

/**
 * Why a server cannot listen, as a `Problem` that names the place; anything else stays what it is. `hint`: what to do
 * next.
 */
export function cannotListen(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
  hint: string,
): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = WHY_NOT[code];
  if (why === undefined) return error;
  const place = `port ${port} of ${host}`;
  return new Problem("io", "cannot_listen", `cannot listen on ${place}: ${why} (${code})`, hint);
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this user may not",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be looked up now",
};
