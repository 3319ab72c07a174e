import type { Backend, Capability, ModelInfo } from "../core/backend.ts";
import { isObject } from "../core/json.ts";
import type { ListModels, ModelList, StateStore } from "../core/ports.ts";
import type { Listed } from "../routing/model-index.ts";

/** A list this young is believed without asking. */
const FRESH_MS = 600_000;

/** A list this old still serves while its backend does not answer. */
const USABLE_MS = 7 * 86_400_000;

/** A backend that did not answer is not asked again so soon, where an old list serves. */
const PATIENCE_MS = 60_000;

/** What a backend last listed, and when it was last asked. Times are the store's. */
interface Remembered {
  readonly models: readonly ModelInfo[];
  readonly listedAt: number;
  readonly askedAt: number;
}

/** What the keys of all lists begin with. */
export const LISTS = "models:";

/** The key of a backend's list. A backend that moved is another one. */
function listKey({ name, url }: Backend): string {
  return `${LISTS}${JSON.stringify([name, url])}`;
}

/** Puts the memory of all processes before `ask`: contract, lists are fresh for 10 minutes and usable for 7 days. */
export function cachedLists(
  ask: (backend: Backend, signal: AbortSignal) => Promise<readonly ModelInfo[] | undefined>,
  state: StateStore,
): ListModels {
  return async (backend, signal, how = {}) => {
    if (backend.models !== undefined) return { models: backend.models, remembered: false };
    const key = listKey(backend);
    const { now, entries } = await state.read([key]);
    const known = readRemembered(entries.get(key));
    const usable = known !== undefined && now - known.listedAt < USABLE_MS ? known : undefined;
    if (usable !== undefined && !how.anew) {
      if (now - usable.listedAt < FRESH_MS || now - usable.askedAt < PATIENCE_MS) {
        return { models: usable.models, remembered: true };
      }
    }
    const models = await ask(backend, signal);
    if (models !== undefined) await rememberList(state, backend, models);
    else if (usable !== undefined) await state.update(key, bookSilence);
    const best = models ?? usable?.models;
    return best && ({ models: best, remembered: false } satisfies ModelList);
  };
}

/** What each of these backends states or last listed, as far as it is known; nobody is asked. */
export async function knownLists(
  backends: readonly Backend[],
  state: StateStore,
): Promise<readonly Listed[]> {
  const { entries } = await state.read(backends.map(listKey));
  return backends.map((backend) => ({
    backend,
    models: backend.models ?? readRemembered(entries.get(listKey(backend)))?.models,
  }));
}

/** Books what a backend listed just now. */
export async function rememberList(
  state: StateStore,
  backend: Backend,
  models: readonly ModelInfo[],
): Promise<void> {
  await state.update(
    listKey(backend),
    (_, at) => ({ models, listedAt: at, askedAt: at }) satisfies Remembered,
  );
}

/** To whatever is stored by then: another process may have had an answer meanwhile. */
function bookSilence(stored: unknown, now: number): Remembered | undefined {
  const known = readRemembered(stored);
  return known && { ...known, askedAt: now };
}

/** The stored list; undefined for anything that is none. */
function readRemembered(stored: unknown): Remembered | undefined {
  if (!isObject(stored)) return undefined;
  const { models, listedAt, askedAt } = stored;
  if (!Array.isArray(models) || typeof listedAt !== "number" || typeof askedAt !== "number") return undefined;
  return { models: models.flatMap(readModel), listedAt, askedAt };
}

function readModel(stored: unknown): readonly ModelInfo[] {
  if (!isObject(stored) || typeof stored["id"] !== "string") return [];
  const { id, contextLength, maxOutputTokens, capabilities, elsewhere } = stored;
  return [
    {
      id,
      ...(typeof contextLength === "number" ? { contextLength } : {}),
      ...(typeof maxOutputTokens === "number" ? { maxOutputTokens } : {}),
      ...(Array.isArray(capabilities) ? { capabilities: capabilities.filter(isCapability) } : {}),
      ...(elsewhere === true ? { elsewhere } : {}),
    },
  ];
}

function isCapability(value: unknown): value is Capability {
  return value === "vision" || value === "tools" || value === "json";
}
