import { presetBackends } from "../../backends/presets.ts";
import type { Configuration } from "../../config/load.ts";
import { knownLists } from "../../registry/cached-lists.ts";
import { indexModels } from "../../routing/model-index.ts";
import { openState } from "../../state/open.ts";

/** What a new profile of this name hides: a name that was asked for leads to the profile first. Nobody is asked. */
export async function shadowed(name: string, configuration: Configuration): Promise<readonly string[]> {
  const { backends, presetsEnabled, paths, routing } = configuration;
  const alias = routing.aliases.get(name);
  const state = openState(paths.stateDir, () => {});
  try {
    const known = [...backends.values(), ...(presetsEnabled ? presetBackends() : [])];
    const serving = indexModels(await knownLists(known, state)).serving(name);
    const by = serving.map(({ backend }) => backend.name);
    return [
      ...(alias === undefined ? [] : [hides(name, `the alias of ${alias}`)]),
      ...(by.length === 0 ? [] : [hides(name, `the model of ${by.join(", ")}`)]),
    ];
  } finally {
    await state.close();
  }
}

function hides(name: string, what: string): string {
  return `profile "${name}" hides ${what}: that name now leads to the profile`;
}
