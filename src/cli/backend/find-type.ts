import { isPublic } from "../../backends/address.ts";
import type { BackendType, Zone } from "../../core/backend.ts";
import { Problem } from "../../core/problem.ts";
import { fingerprint, type Get } from "../../registry/fingerprint.ts";
import { failureText } from "../../registry/listing-failure.ts";
import { ASK_MS } from "./verdict.ts";

/**
 * Finds out what listens at a base address, sending no key. Throws a `Problem` when nothing does, or nothing that is
 * known.
 */
export async function findType(get: Get, base: string, zone: Zone): Promise<BackendType> {
  // Servers tell themselves apart below their root, not below /v1.
  const root = base.replace(/\/v1$/, "");
  const found = await fingerprint(get, root, { zone, timeoutMs: ASK_MS });
  switch (found.is) {
    case "unreachable":
      throw new Problem(
        "not-found",
        "backend_unreachable",
        `nothing answers at ${root}: ${failureText(found.failure)}`,
        "start it first, or say what it is with --type and it is added as it is",
      );
    case "something-else":
      throw new Problem(
        "not-found",
        "backend_unknown",
        `what answers at ${root} is no server that is known, and lists no models at ${root}/v1/models`,
        "check the address, or say what it is with --type",
      );
    case "openai-like":
      return isPublic(new URL(root).hostname) ? "openai" : "generic";
    default:
      return found.is;
  }
}
