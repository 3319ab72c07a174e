import type { ChatEvent } from "../../core/chat.ts";
import { isObject } from "../../core/json.ts";
import type { WireRequest } from "../dialect.ts";
import { malformedEnd } from "../malformed.ts";
import { decodeInBand, errorIn } from "./failure.ts";
import { decodeUsage } from "./usage.ts";
import { post } from "./wire.ts";

/** Asks for vectors with this body; every server that has them is asked so. */
export function askVectors(body: string, key: string | undefined): WireRequest {
  return post(body, key, "/embeddings");
}

/** Whether there are vectors in an answer, and what they cost. */
export function decodeVectors(body: unknown): readonly ChatEvent[] {
  const error = errorIn(body);
  if (error !== undefined) return [{ type: "failure", failure: decodeInBand(error) }];
  const data = isObject(body) ? body["data"] : undefined;
  if (!isObject(body) || !Array.isArray(data) || data.length === 0)
    return malformedEnd('no embeddings: no "data"');
  const usage = decodeUsage(body["usage"]);
  return [{ type: "response-end", reason: "stop", ...(usage !== undefined && { usage }) }];
}
