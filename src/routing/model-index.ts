import type { Backend, ModelInfo } from "../core/backend.ts";
import type { ModelIndex, Serving } from "../core/ports.ts";

/** What one backend lists; undefined when its list did not come. */
export interface Listed {
  readonly backend: Backend;
  readonly models: readonly ModelInfo[] | undefined;
}

/** What Ollama puts behind the name of a model that people call by its first half. */
const LATEST = ":latest";

/** Lists of models, turned round: by model. Looking one up takes the same time however many there are. */
export function indexModels(lists: readonly Listed[]): ModelIndex {
  const byModel = new Map<string, Serving[]>();
  const add = (name: string, serving: Serving) => {
    const known = byModel.get(name);
    if (known === undefined) byModel.set(name, [serving]);
    else if (known.at(-1)?.backend !== serving.backend) known.push(serving);
  };
  for (const { backend, models = [] } of lists) {
    for (const info of models) add(info.id, { backend, info });
    for (const info of models) {
      if (info.id.endsWith(LATEST)) add(info.id.slice(0, -LATEST.length), { backend, info });
    }
  }
  return {
    serving: (model) => byModel.get(model) ?? [],
    names: () => byModel.keys(),
    silent: lists.flatMap(({ backend, models }) => (models === undefined ? [backend.name] : [])),
  };
}
