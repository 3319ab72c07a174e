import { PRESETS } from "../../backends/presets.ts";
import type { Catalog } from "../../core/ports.ts";
import { Problem } from "../../core/problem.ts";
import type { RunInput } from "../../engine/engine.ts";
import type { World } from "../wiring.ts";

/** Longest wait for the model list of a local server that was found, in milliseconds. */
const LIST_MS = 2_000;

/** What is asked for, and a note when nexus had to choose. */
export interface Choice {
  readonly target: RunInput["target"];
  readonly note?: string;
}

/** A target as it is named on a command line. */
export function asNames(target: RunInput["target"] | undefined): { profile?: string; model?: string } {
  return target === undefined ? {} : { [target.kind]: target.name };
}

/**
 * `--profile` or `--model`, else `NEXUS_PROFILE`, else `default_profile`, else the default model of the first preset whose
 * key is there, else the first model of a local server that was found. Throws `Problem` when there is none of them.
 */
export async function chooseTarget(
  stated: { readonly profile?: string | undefined; readonly model?: string | undefined },
  world: Pick<World, "configuration" | "catalog" | "listModels">,
): Promise<Choice> {
  const { configuration, catalog } = world;
  if (stated.profile !== undefined) return { target: { kind: "profile", name: stated.profile } };
  if (stated.model !== undefined) return { target: { kind: "model", name: stated.model } };
  const name = configuration.defaultProfile;
  if (name !== undefined) return { target: { kind: "profile", name } };
  for (const backend of catalog.backends) {
    const model = Object.hasOwn(PRESETS, backend.name) ? PRESETS[backend.name]?.defaultModel : undefined;
    if (model !== undefined) return chosen(model, backend.name);
  }
  for (const backend of catalog.backends.filter(({ source }) => source === "detected")) {
    const list = await world.listModels(backend, AbortSignal.timeout(LIST_MS));
    const [first] = list?.models ?? [];
    if (first !== undefined) return chosen(first.id, `${backend.name} at ${backend.url}`);
  }
  throw nothingToAsk(catalog);
}

function chosen(model: string, backend: string): Choice {
  return {
    target: { kind: "model", name: model },
    note: `no profile or model is named: asking ${model} (${backend})`,
  };
}

/** Whether there is anybody who could be asked at all. */
export function hasAnybody(catalog: Catalog): boolean {
  return catalog.backends.length > 0 || catalog.profileNames().length > 0;
}

/** That nobody is named; where there is nobody, how to get going. */
export function nothingToAsk(catalog: Catalog): Problem {
  const profiles = catalog.profileNames();
  if (hasAnybody(catalog)) {
    const named = profiles.length === 0 ? "" : ` (${profiles.slice(0, 5).join(", ")})`;
    return new Problem(
      "config",
      "no_target",
      "neither a profile nor a model is named, and there is no default",
      `name one with --profile${named} or --model (see \`nexus models\`), or run \`nexus profile default NAME\``,
    );
  }
  return new Problem(
    "config",
    "no_backend",
    "there is no backend to ask yet; three ways to get going:",
    [
      "export OPENAI_API_KEY=…                     a key in the environment",
      "nexus backend add http://127.0.0.1:11434    a server of your own",
      "nexus demo                                  scripted backends, to look around",
    ].join("\n"),
  );
}
