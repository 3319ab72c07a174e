import { PRESETS, presetBackend, presetBackends } from "../../backends/presets.ts";
import { resolveBackend } from "../../backends/resolve.ts";
import { BACKEND_TYPES, isBackendType } from "../../backends/types.ts";
import type { Configuration } from "../../config/load.ts";
import type { Backend } from "../../core/backend.ts";
import { detectionIsOff } from "../../registry/detect.ts";
import type { Env } from "../app.ts";

/** Backends by the names that profiles may use. */
export interface KnownBackends {
  find(name: string): Backend | undefined;
  names(): readonly string[];
  /** Those that exist for certain. */
  all(): readonly Backend[];
}

/**
 * Every backend that a profile may name: configured ones, presets, and while nothing is configured those that are looked
 * for on their usual ports, whether they run at the moment or not.
 */
export function knownBackends(configuration: Configuration, env: Env): KnownBackends {
  const { backends, presetsEnabled } = configuration;
  const mayBeFound = backends.size === 0 && !detectionIsOff(env);
  return {
    find: (name) =>
      backends.get(name) ??
      (presetsEnabled ? presetBackend(name) : undefined) ??
      (mayBeFound ? localServer(name) : undefined),
    all: () => [...backends.values(), ...(presetsEnabled ? presetBackends() : [])],
    names: () => [...backends.keys(), ...(presetsEnabled ? Object.keys(PRESETS) : [])],
  };
}

function localServer(name: string): Backend | undefined {
  if (!isBackendType(name) || BACKEND_TYPES[name].port === undefined) return undefined;
  return resolveBackend(name, { type: name }, "detected");
}
