import type { BackendLoad, StateStore } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import type { RunningRegistry } from "../registry/run-registry.ts";
import { subjectOf } from "../resilience/fact-keys.ts";
import { readFacts } from "../resilience/facts.ts";
import { type Standing, standingOf } from "../resilience/standing.ts";

/** What is known of backends now, for who watches the server. */
export interface Look {
  /** Whether a backend has this model in its list. */
  isListed(model: string): boolean;
  backends(): readonly (Pick<BackendLoad, "pending" | "status"> & { readonly name: string })[];
  /** Circuit breakers of which anything is known, by the settings of models that are asked for without a profile. */
  breakers(): Promise<
    readonly { readonly backend: string; readonly model: string; readonly state: Standing["state"] }[]
  >;
}

/** Looks at what the process keeps, with the settings that hold when it is asked. Asks nobody. */
export function lookAt(world: {
  readonly running: RunningRegistry | undefined;
  readonly state: StateStore;
  readonly configuration: { readonly routingSettings: Settings };
}): Look {
  const { running, state } = world;
  const registry = running?.registry;
  return {
    isListed: (model) => (registry?.serving(model) ?? []).length > 0,
    backends: () =>
      (registry?.all() ?? [])
        .filter(({ leaving }) => !leaving)
        .map(({ backend, pending, status }) => ({ name: backend.name, pending, status })),
    async breakers() {
      const { now, entries } = await state.read({ prefix: "facts:" });
      return [...entries].flatMap(([key, stored]) => {
        const subject = subjectOf(key);
        if (subject?.kind !== "model") return [];
        const standing = standingOf(readFacts(stored), world.configuration.routingSettings, now);
        return [{ backend: subject.backend, model: subject.model, state: standing.state }];
      });
    },
  };
}
