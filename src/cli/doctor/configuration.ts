import { type Configuration, loadConfiguration } from "../../config/load.ts";
import type { Paths } from "../../config/paths.ts";
import { loadProfiles, type ProfileSet } from "../../config/profiles.ts";
import { Problem } from "../../core/problem.ts";
import type { Env } from "../app.ts";
import { knownBackends } from "../profile/backends.ts";
import { checkAll, defaultProblems } from "../profile/check.ts";
import { unknownParams } from "../profile/unknown-params.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** The configuration as far as it can be read, and what is to be said of it. */
export interface ConfigurationCheck {
  /** Undefined: it is broken, and everything that needs it cannot be checked. */
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

/** Reads `config.json`. */
export async function checkConfiguration(paths: Paths, env: Env): Promise<ConfigurationCheck> {
  const say = findingsOf("configuration");
  try {
    const configuration = await loadConfiguration(paths, env);
    const doubtful = configuration.warnings.map((text) => say.warning(text, "nexus config edit"));
    const count = configuration.backends.size;
    const what = count === 0 ? "no backend is configured" : `${count} configured`;
    return { configuration, findings: [say.ok(`${paths.configFile}: ${what}`), ...doubtful] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { configuration: undefined, findings: [say.broken(error.message, "nexus config edit")] };
  }
}

/** Checks every profile, and the default. */
export async function checkProfileFiles(
  configuration: Configuration,
  env: Env,
): Promise<{ readonly profiles: ProfileSet; readonly findings: readonly Finding[] }> {
  const say = findingsOf("profiles");
  const profiles = await loadProfiles(configuration.paths);
  const backends = knownBackends(configuration, env);
  const broken = (await checkAll(env, configuration, profiles)).flatMap(({ name, problems }) =>
    problems.map((text) => say.broken(`profile "${name}": ${text}`, `nexus profile edit ${name}`)),
  );
  const doubtful = profiles
    .names()
    .flatMap((name) =>
      [...profiles.warnings(name), ...unknownParams(name, profiles, backends)].map((text) =>
        say.warning(`profile "${name}": ${text}`, `nexus profile edit ${name}`),
      ),
    );
  const lost = defaultProblems(configuration, profiles).map((text) =>
    say.broken(text, "nexus profile default NAME"),
  );
  const count = profiles.names().length;
  const whole = broken.length === 0 ? [say.ok(countText(count, configuration.defaultProfile))] : [];
  return { profiles, findings: [...whole, ...broken, ...lost, ...doubtful] };
}

function countText(count: number, defaultProfile: string | undefined): string {
  if (count === 0) return "none is saved yet";
  const which = defaultProfile === undefined ? "no default" : `default ${defaultProfile}`;
  return `${count} saved, ${which}`;
}
