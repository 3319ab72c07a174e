import type { Answering } from "../core/outcome.ts";

/** Bytes a value of ours may have; whoever reads it is told enough. */
const MAX_VALUE = 1_024;

/** What a response says of itself, before its first byte. */
export interface Told {
  readonly requestId: string;
  readonly chainLog: readonly string[];
  /** Missing where no backend answered. */
  readonly answering?: Answering;
  /** USD; undefined where no price is known. */
  readonly costUsd?: number | undefined;
}

/** Names of the headers that are ours, in lower case. */
export const HEADER_NAMES: readonly string[] = [
  "x-nexus-request-id",
  "x-nexus-chain",
  "x-nexus-backend",
  "x-nexus-backend-type",
  "x-nexus-model",
  "x-nexus-route-reason",
  "x-nexus-privacy-zone",
  "x-nexus-fallback-model",
  "x-nexus-cost-estimated",
  "x-nexus-dropped",
];

/** Our headers of a response as a list of names and values; every HTTP client takes these values. */
export function responseHeaders({ requestId, chainLog, answering, costUsd }: Told): string[] {
  const headers: string[] = ["x-nexus-request-id", requestId];
  if (chainLog.length > 0) headers.push("x-nexus-chain", headerValue(chainLog.join(" -> ")));
  if (answering === undefined) return headers;
  const { backend, place, reason, fallbackUsed, dropped } = answering;
  const model = headerValue(answering.model);
  headers.push("x-nexus-backend", headerValue(backend.name));
  headers.push("x-nexus-backend-type", place);
  headers.push("x-nexus-model", model);
  headers.push("x-nexus-route-reason", reason);
  headers.push("x-nexus-privacy-zone", backend.zone);
  if (fallbackUsed) headers.push("x-nexus-fallback-model", model);
  if (place === "cloud" && costUsd !== undefined) headers.push("x-nexus-cost-estimated", costText(costUsd));
  if (dropped.length > 0) headers.push("x-nexus-dropped", headerValue(dropped.join(", ")));
  return headers;
}

/** Printable ASCII stays; the rest is percent-encoded, and so is `%` itself. Cut to 1 KiB, never within an escape. */
export function headerValue(text: string): string {
  if (text.length <= MAX_VALUE && PLAIN.test(text)) return text.trim();
  const encoded = [...text].map((one) => (/[ -$&-~]/.test(one) ? one : encodeURIComponent(wellFormed(one))));
  let length = 0;
  const kept = encoded.filter((piece) => {
    length += piece.length;
    return length <= MAX_VALUE;
  });
  return kept.join("").trim();
}

/** Text that needs no encoding: nearly all there is. */
const PLAIN = /^[ -$&-~]*$/;

/** Half of a surrogate pair cannot be encoded. */
function wellFormed(character: string): string {
  return /^[\ud800-\udfff]$/.test(character) ? "\ufffd" : character;
}

/** 4 decimals, and never 0 for what costs something. */
function costText(usd: number): string {
  return (usd > 0 ? Math.max(usd, 0.0001) : usd).toFixed(4);
}
