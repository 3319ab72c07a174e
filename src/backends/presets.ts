import type { Backend } from "../core/backend.ts";
import { PRESETS, presetNamed } from "./clouds.ts";
import { resolveBackend } from "./resolve.ts";

export { PRESETS } from "./clouds.ts";

/** The backend a preset's name stands for, or undefined. */
export function presetBackend(name: string): Backend | undefined {
  const preset = presetNamed(name);
  return preset === undefined ? undefined : resolveBackend(name, preset.record, "preset");
}

/** The backends of all presets, in the order in which one becomes the default. */
export function presetBackends(): readonly Backend[] {
  return Object.entries(PRESETS).map(([name, { record }]) => resolveBackend(name, record, "preset"));
}
