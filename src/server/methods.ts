import type { IncomingMessage } from "node:http";
import { DOORS } from "../dialects/doors.ts";

/** What the server answers, for who asked for something else. */
export const DOOR_NAMES: readonly string[] = [
  ...DOORS.flatMap(({ asks }) => asks.map(({ path }) => `POST ${path}`)),
  ...new Set(DOORS.flatMap(({ pages }) => pages.map(({ method, path }) => `${method} ${path}`))),
  "GET /v1/stats",
  "GET /health",
  "GET /ready",
  "GET /metrics",
];

/** What may be asked of a path; nothing where there is no door. */
export function methodsOf(
  routes: readonly { readonly method: string | string[]; readonly url: string }[],
  target: string,
): readonly string[] {
  const path = target.split("?", 1)[0] ?? "";
  const here = routes.filter(({ url }) =>
    url.endsWith("*") ? path.startsWith(url.slice(0, -1)) : url === path,
  );
  return [...new Set(here.flatMap(({ method }) => method))].sort();
}

/** The path that is asked for: an absolute target that names the host it was sent to is as good as its path. */
export function targetOf({
  url = "",
  headers: { host = "" },
}: Pick<IncomingMessage, "url" | "headers">): string {
  const own = `http://${host}`;
  return url.toLowerCase().startsWith(`${own.toLowerCase()}/`) ? url.slice(own.length) : url;
}
