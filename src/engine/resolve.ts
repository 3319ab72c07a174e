import type { Backend, ModelInfo } from "../core/backend.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Catalog, ListModels, ModelList } from "../core/ports.ts";
import { Problem } from "../core/problem.ts";
import { orderBackends } from "../routing/strategies.ts";
import { isAbort } from "./journey.ts";

/** Longest wait for the model lists of all backends together, in milliseconds. */
const LIST_MS = 2_000;

/** A backend that serves a model, with what it says of it. */
export interface Serving {
  readonly backend: Backend;
  readonly info?: ModelInfo;
}

/**
 * Every backend that serves a bare model, best first. Lists that are known are believed; for a name that stands in none
 * of them all backends are asked once, at the same time, and not for longer than `until` lets them.
 */
export async function servingBackends(
  model: string,
  catalog: Catalog,
  listModels: ListModels,
  until?: AbortSignal,
): Promise<readonly Serving[]> {
  const signal = AbortSignal.any([AbortSignal.timeout(LIST_MS), ...(until === undefined ? [] : [until])]);
  const known = await Promise.all(
    orderBackends(catalog.backends).map(async (backend) => ({
      backend,
      list: await listModels(backend, signal),
    })),
  );
  let lists: readonly Listed[] = known;
  let serving = servers(model, lists);
  if (serving.length === 0) {
    lists = await Promise.all(
      known.map(async (one) =>
        one.list?.remembered
          ? { backend: one.backend, list: await listModels(one.backend, signal, { anew: true }) }
          : one,
      ),
    );
    serving = servers(model, lists);
  }
  // Whoever left is told that, and not that there is no such model.
  if (serving.length > 0 || (until !== undefined && isAbort(until))) return serving;
  const names = new Set(lists.flatMap(({ list }) => list?.models.map(({ id }) => id) ?? []));
  const silent = lists.flatMap(({ backend, list }) => (list === undefined ? [backend.name] : []));
  throw new Problem(
    "not-found",
    "model_not_found",
    `no profile is called "${model}", and no backend serves a model of that name${didYouMean(model, [...names, ...catalog.profileNames()])}`,
    hintFor(catalog.backends.length, silent),
  );
}

interface Listed {
  readonly backend: Backend;
  readonly list: ModelList | undefined;
}

function servers(model: string, lists: readonly Listed[]): readonly Serving[] {
  return lists.flatMap(({ backend, list }) => {
    const info = list?.models.find(({ id }) => sameModel(id, model));
    return info === undefined ? [] : [{ backend, info }];
  });
}

function hintFor(backends: number, silent: readonly string[]): string {
  if (backends === 0) return "no backend is configured: add one with `nexus backend add URL`";
  if (silent.length > 0)
    return `no list of models came from ${silent.join(", ")}: see \`nexus backend test\``;
  return "see `nexus models` for what there is";
}

/** Ollama lists `llama3.2:latest` for what people call `llama3.2`. */
function sameModel(listed: string, asked: string): boolean {
  return listed === asked || listed === `${asked}:latest`;
}

/** The profile a target names, or a problem with the nearest names. */
export function requireProfile(name: string, catalog: Catalog): void {
  const found = catalog.profile(name);
  if (found.found) return;
  if (catalog.profileNames().includes(name)) {
    throw new Problem(
      "config",
      "profile_invalid",
      `profile ${name}: ${found.why}`,
      "run `nexus profile check`",
    );
  }
  throw new Problem(
    "not-found",
    "profile_not_found",
    `no profile is called "${name}"${didYouMean(name, catalog.profileNames())}`,
    "see `nexus profile list`, or save one with `nexus profile save`",
  );
}
