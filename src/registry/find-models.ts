import type { Backend } from "../core/backend.ts";
import type { Catalog, FindModels, ListModels, ModelIndex, ModelList } from "../core/ports.ts";
import { indexModels } from "../routing/model-index.ts";

/** Longest wait for the model lists of all backends together, in milliseconds. */
const LIST_MS = 2_000;

/** Finds models by the backends' lists, asked at the same time where they are not known. */
export function findModelsBy({ backends }: Pick<Catalog, "backends">, listModels: ListModels): FindModels {
  return async (until) => {
    const signal = AbortSignal.any([AbortSignal.timeout(LIST_MS), until]);
    const listed = await Promise.all(
      backends.map(async (backend) => ({ backend, list: await listModels(backend, signal) })),
    );
    if (!listed.some(({ list }) => list?.remembered)) return indexOf(listed);
    return {
      ...indexOf(listed),
      async again() {
        const anew = listed.map(async (one) =>
          one.list?.remembered
            ? { ...one, list: await listModels(one.backend, signal, { anew: true }) }
            : one,
        );
        return indexOf(await Promise.all(anew));
      },
    };
  };
}

function indexOf(listed: readonly { backend: Backend; list: ModelList | undefined }[]): ModelIndex {
  return indexModels(listed.map(({ backend, list }) => ({ backend, models: list?.models })));
}
