import { join } from "node:path";
import { isObject } from "../../core/json.ts";

/** The names of all models that backends listed, one a line. */
export function namesFile(stateDir: string): string {
  return join(stateDir, "model-names.txt");
}

/** The ids in a list of models, however each is written. */
export function idsOf(models: unknown): readonly string[] {
  if (!Array.isArray(models)) return [];
  return models.flatMap((model: unknown) => {
    const id = isObject(model) ? model["id"] : model;
    return typeof id === "string" ? [id] : [];
  });
}
