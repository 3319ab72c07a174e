import { dialectFor, takesBytes } from "../backends/dialect-for.ts";
import type { ChatRequest, Gap, Params } from "../core/chat.ts";
import { DIALECTS } from "../dialects/index.ts";
import type { Candidate } from "../routing/plan.ts";
import type { RunInput } from "./engine.ts";

const NONE: readonly Gap[] = [];

/** Asks nothing: what is left are the parameters. */
const NOTHING: ChatRequest = { messages: [], tools: [], params: {} };

/** Finds what of a request candidates cannot be sent, once for each. */
export function gapsFinder(
  asked: Pick<RunInput, "request" | "wire">,
): (candidate: Candidate) => readonly Gap[] {
  const known = new Map<Candidate, readonly Gap[]>();
  return (candidate) => {
    const found = known.get(candidate) ?? gapsOf(asked, candidate);
    known.set(candidate, found);
    return found;
  };
}

/** What of a request a candidate cannot be sent. Where the caller's own bytes go to it, only what a profile adds may be that. */
function gapsOf(
  { request, wire }: Pick<RunInput, "request" | "wire">,
  { backend, model, params, droppedParams }: Candidate,
): readonly Gap[] {
  const dialect = dialectFor(backend, { model, params, tools: request.tools }, wire?.dialect);
  // Vectors are asked for in no other way: what that way has no words for is left out everywhere.
  if (wire?.decode !== undefined) return wire.gaps;
  const { gaps } = DIALECTS[dialect].request;
  if (wire !== undefined && takesBytes(wire, dialect)) {
    const added = unstated(params, request);
    return added === undefined ? NONE : gaps(NOTHING, { type: backend.type, model, params: added });
  }
  const own = gaps(request, { type: backend.type, model, params });
  const unknown = droppedParams.filter((name) => Object.hasOwn(request.params, name));
  if (own.length === 0 && unknown.length === 0 && (wire === undefined || wire.gaps.length === 0)) return NONE;
  return [...(wire?.gaps ?? []), ...own, ...unknown.map((field) => ({ field, harmless: true }))];
}

/** What a profile adds to the parameters of a request; undefined for nothing. */
function unstated(params: Params, { params: stated }: Pick<ChatRequest, "params">): Params | undefined {
  if (params === stated) return undefined;
  const added = Object.entries(params).filter(([name]) => !Object.hasOwn(stated, name));
  return added.length === 0 ? undefined : Object.fromEntries(added);
}
