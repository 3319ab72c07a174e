import type { ModelEntry } from "../dialects/dialect.ts";
import type { Served } from "./served.ts";

/** Longest wait for backends whose models nobody knows yet, in milliseconds. */
const LIST_MS = 2_000;

/** Most names that an error tells. */
const MAX_TOLD = 20;

/**
 * Everything that can be asked for: profiles, aliases, and the models that backends serve, each name once. Right after the
 * start, when some backend has not said yet what it serves, it is asked, unless `asNow`.
 */
export async function listModels(
  served: Served,
  { asNow = false }: { readonly asNow?: boolean } = {},
): Promise<readonly ModelEntry[]> {
  const signal = AbortSignal.timeout(LIST_MS);
  const known = await served.findModels(signal);
  const index = asNow || known.silent.length === 0 ? known : ((await known.again?.(signal)) ?? known);
  const { catalog, aliases } = served;
  const own = [...catalog.profileNames(), ...aliases].map((id) => [id, "nexus"] as const);
  const models = [...index.names()].map((id) => [id, index.serving(id)[0]?.backend.name ?? "nexus"] as const);
  return [...new Map([...models, ...own])].map(([id, owner]) => ({ id, owner }));
}

/** What there is, in a few words, as far as it is known now; undefined when there is nothing. */
export async function whatThereIs(served: Served): Promise<string | undefined> {
  const names = (await listModels(served, { asNow: true })).map(({ id }) => id).toReversed();
  if (names.length === 0) return undefined;
  const more = names.length - MAX_TOLD;
  const told = names.slice(0, MAX_TOLD).join(", ");
  return more > 0 ? `there are ${told} and ${more} more (GET /v1/models)` : `there is ${told}`;
}
