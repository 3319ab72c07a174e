import { BACKEND_TYPES } from "../../backends/types.ts";
import type { ProfileSet } from "../../config/profiles.ts";
import type { ModelInfo } from "../../core/backend.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Catalog } from "../../core/ports.ts";
import { servedNames } from "../../routing/model-index.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** Whether the models that profiles name are among those their backends told of. */
export function checkModels(
  profiles: ProfileSet,
  catalog: Pick<Catalog, "backend">,
  told: ReadonlyMap<string, readonly ModelInfo[]>,
): readonly Finding[] {
  const say = findingsOf("models");
  const findings: Finding[] = [];
  let checked = 0;
  for (const name of profiles.names()) {
    const found = profiles.lookup(name);
    if (!found.found || found.profile.type !== "model") continue;
    const { backend, model } = found.profile;
    const served = told.get(backend);
    if (served === undefined) continue;
    const names = servedNames(served);
    checked += 1;
    if (names.has(model)) continue;
    const text = `profile "${name}": ${backend} lists no model "${model}"${didYouMean(model, names.keys())}`;
    const type = catalog.backend(backend)?.type;
    const local = type !== undefined && BACKEND_TYPES[type].place === "local";
    const fix = type === "ollama" ? `ollama pull ${model}` : `nexus models --backend ${backend}`;
    // Clouds also take names that they do not list.
    findings.push(local ? say.broken(text, fix) : say.warning(text, fix));
  }
  if (checked === 0) return [say.ok("no profile names a model that could be looked up")];
  const fine = checked - findings.length;
  return fine === 0 ? findings : [say.ok(`${fine} of ${checked} that profiles name are listed`), ...findings];
}
