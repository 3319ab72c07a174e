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

/** The path that is asked for: an absolute target that names the host it was sent to is as good as its path. */
export function targetOf({
  url = "",
  headers: { host = "" },
}: Pick<IncomingMessage, "url" | "headers">): string {
  if (url.startsWith("/")) return url;
  const own = `http://${host}`;
  return url.toLowerCase().startsWith(`${own.toLowerCase()}/`) ? url.slice(own.length) : url;
}
