import type { Zone } from "../core/backend.ts";
import { HOP_HEADER, MAX_HOPS } from "../core/hop.ts";
import type { AskedAt, BadRequest } from "../dialects/dialect.ts";

/** What a client asks for beside the body: it can tighten, never loosen. */
export interface Asked {
  readonly ok: true;
  readonly zone: Zone | undefined;
  readonly minTier: number | undefined;
  readonly noFallback: boolean;
  /** Through how many nexus servers it has come already. */
  readonly hops: number;
}

/**
 * Reads `x-nexus-zone`, `x-nexus-min-tier`, `x-nexus-strict` and `x-nexus-hop`. A value that makes no sense is an error, and
 * so is a request that goes round in a ring.
 */
export function readAsked(headers: AskedAt["headers"]): Asked | BadRequest {
  const zone = headers["x-nexus-zone"];
  const tier = headers["x-nexus-min-tier"];
  const strict = headers["x-nexus-strict"];
  if (zone !== undefined && zone !== "restricted" && zone !== "open") {
    return bad("x-nexus-zone", "has to be restricted or open");
  }
  if (tier !== undefined && !(typeof tier === "string" && /^[0-5]$/.test(tier))) {
    return bad("x-nexus-min-tier", "has to be a whole number from 0 to 5");
  }
  if (strict !== undefined && strict !== "true" && strict !== "false") {
    return bad("x-nexus-strict", "has to be true or false");
  }
  const hops = Number(headers[HOP_HEADER] ?? 0);
  if (!(Number.isInteger(hops) && hops >= 0)) return bad(HOP_HEADER, "has to be a whole number");
  if (hops >= MAX_HOPS) {
    const message = `this request has come through ${hops} nexus servers: a backend leads back here`;
    return { ok: false, status: 508, code: "loop_detected", message };
  }
  return {
    ok: true,
    hops,
    noFallback: strict === "true",
    zone,
    minTier: tier === undefined ? undefined : Number(tier),
  };
}

function bad(param: string, wrong: string): BadRequest {
  return { ok: false, status: 400, code: "invalid_header", param, message: `header ${param} ${wrong}` };
}
