import type { FailureClass } from "../core/failure.ts";

/** What a status means where the body says no more; undefined: an error told inside an answer, without one. */
export function classOfStatus(status: number | undefined): FailureClass {
  // It came from a server that had begun to answer: its own trouble.
  if (status === undefined) return "server";
  if (status === 503 || status === 529) return "overloaded";
  if (status >= 500) return "server";
  return OF_STATUS[status] ?? "invalid";
}

const OF_STATUS: Readonly<Record<number, FailureClass>> = {
  401: "auth",
  402: "quota",
  403: "auth",
  408: "server",
  409: "server",
  413: "context",
  425: "server",
  429: "rate_limited",
};
