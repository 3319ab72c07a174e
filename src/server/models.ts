import type { ModelEntry } from "../dialects/dialect.ts";
import type { Served } from "./served.ts";

/** Longest wait for backends whose models nobody knows yet, in milliseconds. */
const LIST_MS = 2_000;

/** Everything that can be asked for: profiles, aliases, and the models that backends serve, each name once. */
export async function listModels({ catalog, aliases, findModels }: Served): Promise<readonly ModelEntry[]> {
  const signal = AbortSignal.timeout(LIST_MS);
  const known = await findModels(signal);
  // Right after the start nobody has said yet what it serves.
  const index = known.silent.length === 0 ? known : ((await known.again?.(signal)) ?? known);
  const own = [...catalog.profileNames(), ...aliases].map((id) => [id, "nexus"] as const);
  const served = [...index.names()].map((id) => [id, index.serving(id)[0]?.backend.name ?? "nexus"] as const);
  return [...new Map([...served, ...own])].map(([id, owner]) => ({ id, owner }));
}
