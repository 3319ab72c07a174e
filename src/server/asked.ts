import type { IncomingHttpHeaders } from "node:http";
import type { Zone } from "../core/backend.ts";
import type { BadRequest } from "../dialects/dialect.ts";

/** What a client asks for beside the body: it can tighten, never loosen. */
export interface Asked {
  readonly ok: true;
  readonly zone?: Zone;
  readonly minTier?: number;
  readonly noFallback: boolean;
}

/** Reads `x-nexus-zone`, `x-nexus-min-tier` and `x-nexus-strict`. A value that makes no sense is an error. */
export function readAsked(headers: IncomingHttpHeaders): Asked | BadRequest {
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
  return {
    ok: true,
    noFallback: strict === "true",
    ...(zone === undefined ? {} : { zone }),
    ...(tier === undefined ? {} : { minTier: Number(tier) }),
  };
}

function bad(param: string, wrong: string): BadRequest {
  return { ok: false, status: 400, code: "invalid_header", param, message: `header ${param} ${wrong}` };
}
