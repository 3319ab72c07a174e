import type { ModelIndex } from "../core/ports.ts";
import type { ModelEntry } from "../dialects/dialect.ts";
import type { Served } from "./served.ts";

/** Longest wait for backends whose models nobody knows yet, in milliseconds. */
const LIST_MS = 2_000;

/** Most names that an error tells. */
const MAX_TOLD = 20;

/** Everything that can be asked for: profiles, aliases, and the models that backends serve, each name once. */
export async function listModels(served: Served): Promise<readonly ModelEntry[]> {
  const signal = AbortSignal.timeout(LIST_MS);
  const known = await served.findModels(signal);
  // Right after the start nobody has said yet what it serves.
  return entriesOf(served, known.silent.length === 0 ? known : ((await known.again?.(signal)) ?? known));
}

/** What there is, in a few words, as far as it is known now; undefined when there is nothing. */
export async function whatThereIs(served: Served): Promise<string | undefined> {
  const known = await served.findModels(AbortSignal.timeout(LIST_MS));
  const names = entriesOf(served, known)
    .map(({ id }) => id)
    .toReversed();
  if (names.length === 0) return undefined;
  const more = names.length - MAX_TOLD;
  const told = names.slice(0, MAX_TOLD).join(", ");
  return more > 0 ? `there are ${told} and ${more} more (GET /v1/models)` : `there is ${told}`;
}

function entriesOf({ catalog, aliases }: Served, index: ModelIndex): readonly ModelEntry[] {
  const own = [...catalog.profileNames(), ...aliases].map((id) => [id, "nexus"] as const);
  const served = [...index.names()].map((id) => [id, index.serving(id)[0]?.backend.name ?? "nexus"] as const);
  return [...new Map([...served, ...own])].map(([id, owner]) => ({ id, owner }));
}
