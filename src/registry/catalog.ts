import { presetBackend, presetBackends } from "../backends/presets.ts";
import type { ProfileSet } from "../config/profiles.ts";
import type { Backend } from "../core/backend.ts";
import type { Catalog } from "../core/ports.ts";
import { locateKey, storedKeys } from "../secrets/keys.ts";
import { detectionIsOff } from "./detect.ts";

/** What a catalog is made of. */
export interface CatalogSources {
  readonly configuration: {
    readonly paths: { readonly secretsFile: string; readonly stateDir: string };
    readonly backends: ReadonlyMap<string, Backend>;
    readonly presetsEnabled: boolean;
  };
  readonly profiles: Pick<ProfileSet, "lookup" | "names" | "stored">;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Looks for local servers; left out where nothing is to be probed. */
  readonly probe?: () => Promise<readonly Backend[]>;
}

/**
 * Every name the user can speak of. In `backends`: the configured ones, then the presets whose key is there, then local
 * servers, which are looked for only while no backend is configured. `backend(name)` knows every preset, so that one
 * without a key is told from one that does not exist.
 */
export async function openCatalog(sources: CatalogSources): Promise<Catalog> {
  const { configuration, profiles, env, probe } = sources;
  const configured = [...configuration.backends.values()];
  const presets = configuration.presetsEnabled ? await usablePresets(sources) : [];
  const search = configured.length === 0 && !detectionIsOff(env);
  const detected = search && probe !== undefined ? await probe() : [];
  const byName = new Map<string, Backend>();
  for (const backend of [...configured, ...presets, ...detected]) {
    if (!byName.has(backend.name)) byName.set(backend.name, backend);
  }
  return {
    backends: [...byName.values()],
    backend: (name) => byName.get(name) ?? (configuration.presetsEnabled ? presetBackend(name) : undefined),
    profile: (name) => profiles.lookup(name),
    hasProfile: (name) => profiles.stored(name) !== undefined,
    profileNames: () => profiles.names(),
  };
}

/** The presets whose variable is set or whose key is stored. */
async function usablePresets({ configuration, env }: CatalogSources): Promise<readonly Backend[]> {
  const vault = await storedKeys({ env, paths: configuration.paths });
  return presetBackends().filter((backend) => ["env", "stored"].includes(locateKey(backend, env, vault).at));
}
