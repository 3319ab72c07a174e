import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Names } from "./complete.ts";
import type { Talk } from "./talk.ts";

/** Longest that Tab waits for lists of models, in milliseconds. */
const MODELS_MS = 500;

/** The names there are at this moment. What cannot be found out is not offered. */
export function namesOf({ context, world, sessions }: Talk): Names {
  return {
    profiles: () => world.catalog.profileNames(),
    models: async () => [...(await world.findModels(AbortSignal.timeout(MODELS_MS))).names()],
    sessions: async () => ((await sessions?.list(1_000)) ?? []).map(({ name }) => name),
    files: async (part) => {
      const folder = part.slice(0, part.lastIndexOf("/") + 1);
      const found = await readdir(resolve(context.app.cwd, folder || "."), { withFileTypes: true }).catch(
        () => [],
      );
      return found.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`);
    },
  };
}
