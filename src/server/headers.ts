import type { Zone } from "../core/backend.ts";
import type { Answering } from "../core/outcome.ts";

/** Bytes a value of ours may have; whoever reads it is told enough. */
const MAX_VALUE = 1_024;

/** What a response says of itself, before its first byte. */
export interface Told {
  readonly requestId: string;
  readonly chainLog: readonly string[];
  /** Missing where no backend answered. */
  readonly answering?: Answering & { readonly zone: Zone };
  /** USD; undefined where no price is known. */
  readonly costUsd?: number;
  /** Names of request fields that were left out on the way to another dialect. */
  readonly dropped?: readonly string[];
}

/** Our headers, each with how its value is read from what is told; undefined leaves it out. */
const HEADERS: Readonly<Record<string, (told: Told) => string | undefined>> = {
  "x-nexus-request-id": ({ requestId }) => requestId,
  "x-nexus-chain": ({ chainLog }) => (chainLog.length === 0 ? undefined : chainLog.join(" -> ")),
  "x-nexus-backend": ({ answering }) => answering?.backend.name,
  "x-nexus-backend-type": ({ answering }) => answering?.place,
  "x-nexus-model": ({ answering }) => answering?.model,
  "x-nexus-route-reason": ({ answering }) => answering?.reason,
  "x-nexus-privacy-zone": ({ answering }) => answering?.zone,
  "x-nexus-fallback-model": ({ answering }) => (answering?.fallbackUsed ? answering.model : undefined),
  "x-nexus-cost-estimated": ({ answering, costUsd }) =>
    answering?.place === "cloud" && costUsd !== undefined ? costText(costUsd) : undefined,
  "x-nexus-dropped": ({ dropped }) => (dropped?.length ? dropped.join(", ") : undefined),
};

/** Names of the headers that are ours, in lower case. */
export const HEADER_NAMES: readonly string[] = Object.keys(HEADERS);

/** The headers of a response, names in lower case, values that every HTTP client takes. */
export function responseHeaders(told: Told): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, read] of Object.entries(HEADERS)) {
    const value = read(told);
    if (value !== undefined) headers[name] = headerValue(value);
  }
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
