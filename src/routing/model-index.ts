import type { Backend, ModelInfo } from "../core/backend.ts";
import type { ModelIndex, Serving } from "../core/ports.ts";

/** What one backend lists; undefined when its list did not come, for which its usual models then stand in. */
export interface Listed {
  readonly backend: Backend;
  readonly models: readonly ModelInfo[] | undefined;
}

/** What Ollama puts behind the name of a model that people call by its first half. */
const LATEST = ":latest";

/** The names that a backend's models are asked for by, with the model that each means: its id wins. */
export function servedNames(models: readonly ModelInfo[]): ReadonlyMap<string, ModelInfo> {
  const names = new Map<string, ModelInfo>();
  const add = (name: string, info: ModelInfo) => {
    if (!names.has(name)) names.set(name, info);
  };
  for (const info of models) add(info.id, info);
  for (const info of models) if (info.id.endsWith(LATEST)) add(info.id.slice(0, -LATEST.length), info);
  return names;
}

/** Lists of models, turned round: by model. Looking one up takes the same time however many there are. */
export function indexModels(lists: readonly Listed[]): ModelIndex {
  const byModel = new Map<string, Serving[]>();
  for (const { backend, models } of lists) {
    for (const [name, info] of servedNames(models ?? backend.usualModels)) {
      const known = byModel.get(name);
      if (known === undefined) byModel.set(name, [{ backend, info }]);
      else known.push({ backend, info });
    }
  }
  return {
    serving: (model) => byModel.get(model) ?? [],
    names: () => byModel.keys(),
    silent: lists.flatMap(({ backend, models }) => (models === undefined ? [backend.name] : [])),
  };
}
