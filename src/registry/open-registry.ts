import type { Clock } from "../core/clock.ts";
import type { Chance, FindKey, ListModels, StateStore } from "../core/ports.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { createBrowse } from "./browse.ts";
import { rememberList } from "./cached-lists.ts";
import { askModels } from "./list-models.ts";
import { createProbe } from "./probe.ts";
import { type RegistryInput, type RunningRegistry, runRegistry } from "./run-registry.ts";

/** The rooms that a running registry stands on. */
export interface RegistryRooms {
  readonly upstream: Upstream;
  readonly findKey: FindKey;
  readonly listModels: ListModels;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly warn: (message: string) => void;
  /** Told of a bug of ours in a check. */
  readonly bug: (error: unknown) => void;
}

/** Runs a registry over the real network. What checks list, all processes of the user remember. */
export function openRegistry(input: RegistryInput, rooms: RegistryRooms): Promise<RunningRegistry> {
  const { upstream, findKey, state } = rooms;
  return runRegistry(input, {
    ...rooms,
    async list(backend, signal) {
      const listing = await askModels(upstream, findKey, backend, signal);
      if (listing.ok) await rememberList(state, backend, listing.models);
      return listing;
    },
    probe: createProbe({ state, send: upstream.send, findKey }),
    browse: createBrowse(),
  });
}
