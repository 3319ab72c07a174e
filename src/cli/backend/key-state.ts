import { keyHint } from "../../backends/missing-key.ts";
import type { Backend } from "../../core/backend.ts";
import { type KeyPlace, keyProblem, locateKey, placeName, storedKeys } from "../../secrets/keys.ts";
import type { CommandContext } from "../app.ts";
import { warn } from "../output/print.ts";
import type { World } from "../wiring.ts";

/** Where the keys of backends are, by the backend's name. */
export async function keyPlaces(
  context: CommandContext,
  { configuration }: Pick<World, "configuration">,
  backends: readonly Backend[],
): Promise<ReadonlyMap<string, KeyPlace>> {
  const { env } = context.app;
  const vault = await storedKeys({
    env,
    paths: configuration.paths,
    warn: (message) => warn(context, message),
  });
  return new Map(backends.map((backend) => [backend.name, locateKey(backend, env, vault)]));
}

/** Where a key is, for people. */
export function keyText(place: KeyPlace | undefined): string {
  if (place === undefined || place.at === "none") return "not needed";
  return place.at === "missing" || place.at === "elsewhere" ? "missing" : placeName(place);
}

/** Where a key is, for scripts; never the key. */
export function keyJson(backend: Backend, place: KeyPlace | undefined) {
  const present = place !== undefined && (place.at === "env" || place.at === "stored");
  return { required: backend.key.required, present, source: present ? placeName(place) : null };
}

/** Warns once about every configured backend that lacks its key. */
export function warnMissingKeys(
  context: CommandContext,
  backends: readonly Backend[],
  places: ReadonlyMap<string, KeyPlace>,
): void {
  for (const backend of backends) {
    const place = places.get(backend.name);
    if (place?.at !== "missing" && place?.at !== "elsewhere") continue;
    warn(context, `${keyProblem(backend, place)}; ${keyHint(backend)}`);
  }
}
