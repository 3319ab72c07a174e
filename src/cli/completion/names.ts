import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PRESETS } from "../../backends/clouds.ts";
import { type Paths, resolvePaths } from "../../config/paths.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { neutralise } from "../output/neutralise.ts";
import { print } from "../output/print.ts";
import type { LiveKind } from "./live.ts";
import { idsOf, namesFile } from "./names-file.ts";

/**
 * Prints the names of one kind, one a line. Somebody waits for each key they press: files are read as they are, without a
 * schema, nobody is asked, and whatever is broken has no names.
 */
export async function printNames({ app, globals }: CommandContext, kind: LiveKind): Promise<number> {
  const paths = resolvePaths({ configDir: globals.configDir }, app.env);
  const names = await NAMES[kind](paths, app.env);
  const shown = [...new Set(names)].filter((name) => /^\S+$/.test(name)).sort();
  if (shown.length > 0) await print(app, neutralise(`${shown.join("\n")}\n`));
  return EXIT.ok;
}

type Env = CommandContext["app"]["env"];

const NAMES: Readonly<Record<LiveKind, (paths: Paths, env: Env) => Promise<readonly string[]>>> = {
  profile: profileNames,
  async backend({ configFile }, env) {
    const keyed = Object.entries(PRESETS).filter(([, preset]) => preset.env.some((name) => env[name]));
    return [...keysOf((await readJson(configFile))["backends"]), ...keyed.map(([name]) => name)];
  },
  async model(paths) {
    const { profilesDir, configFile, stateDir } = paths;
    const [config, profiles, listed] = await Promise.all([
      readJson(configFile),
      profileNames(paths).then((names) =>
        Promise.all(names.map((name) => readJson(join(profilesDir, `${name}.json`)))),
      ),
      listedModels(stateDir),
    ]);
    const { aliases, fallbacks, backends } = config;
    const records = isObject(backends) ? Object.values(backends).filter(isObject) : [];
    return [
      ...[...keysOf(aliases), ...keysOf(fallbacks), ...listed],
      ...records.flatMap(({ models }) => idsOf(models)),
      ...profiles.flatMap(({ model }) => (typeof model === "string" ? [model] : [])),
    ];
  },
};

async function profileNames({ profilesDir }: Paths): Promise<readonly string[]> {
  const files = await readdir(profilesDir).catch(() => []);
  return files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
}

/** What backends listed when they were last asked. */
async function listedModels(stateDir: string): Promise<readonly string[]> {
  return (await readFile(namesFile(stateDir), "utf8").catch(() => "")).split("\n");
}

async function readJson(file: string): Promise<Readonly<Record<string, unknown>>> {
  const value = parseJson(await readFile(file, "utf8").catch(() => ""));
  return isObject(value) ? value : {};
}

function keysOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}
