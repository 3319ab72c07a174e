import type { ModelEntry } from "../dialects/dialect.ts";
import type { Served } from "./served.ts";

/** Longest wait for backends whose models nobody knows yet, in milliseconds. */
const LIST_MS = 2_000;

/** Who owns the names that stand in the configuration. */
const OWN = "nexus";

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
  const own = [...catalog.profileNames(), ...aliases].map((id): [string, ModelEntry] => [
    id,
    { id, owner: OWN },
  ]);
  const models = [...index.names()].map((id): [string, ModelEntry] => {
    const [first] = index.serving(id);
    return [
      id,
      first === undefined ? { id, owner: OWN } : { id, owner: first.backend.name, info: first.info },
    ];
  });
  return [...new Map([...models, ...own]).values()];
}

/** What there is, in a few words, as far as it is known now, profiles and aliases first; undefined when there is nothing. */
export async function whatThereIs(served: Served): Promise<string | undefined> {
  const entries = await listModels(served, { asNow: true });
  if (entries.length === 0) return undefined;
  const isOwn = ({ owner }: ModelEntry) => owner === OWN;
  const names = [...entries.filter(isOwn), ...entries.filter((one) => !isOwn(one))].map(({ id }) => id);
  const more = names.length - MAX_TOLD;
  const told = `known here: ${names.slice(0, MAX_TOLD).join(", ")}`;
  return more > 0 ? `${told} and ${more} more (GET /v1/models)` : told;
}
