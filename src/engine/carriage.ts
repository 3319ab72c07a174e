import { dialectFor, takesBytes } from "../backends/dialect-for.ts";
import type { Gap } from "../core/chat.ts";
import { DIALECTS } from "../dialects/index.ts";
import type { Candidate } from "../routing/plan.ts";
import type { RunInput } from "./engine.ts";

const NONE: readonly Gap[] = [];

/** What of a request a candidate cannot be sent. Nothing where the caller's own bytes go to it. */
export function gapsOf(
  { request, wire }: Pick<RunInput, "request" | "wire">,
  { backend, model, params, droppedParams }: Candidate,
): readonly Gap[] {
  const dialect = dialectFor(backend, { model, params, tools: request.tools }, wire?.dialect);
  // Vectors are asked for in no other way: what that way has no words for is left out everywhere.
  if (wire?.decode !== undefined) return wire.gaps;
  if (wire !== undefined && takesBytes(wire, dialect)) return NONE;
  const own = DIALECTS[dialect].request.gaps(request, { type: backend.type, model, params });
  const unknown = droppedParams.filter((name) => Object.hasOwn(request.params, name));
  if (own.length === 0 && unknown.length === 0 && (wire === undefined || wire.gaps.length === 0)) return NONE;
  return [...(wire?.gaps ?? []), ...own, ...unknown.map((field) => ({ field, harmless: true }))];
}
