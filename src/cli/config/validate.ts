import { type Configuration, loadConfiguration } from "../../config/load.ts";
import { resolvePaths } from "../../config/paths.ts";
import { loadProfiles, type ProfileSet } from "../../config/profiles.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { print, printJson } from "../output/print.ts";
import { checkAll, defaultProblems } from "../profile/check.ts";

/** `config validate`: everything that is wrong, each with its file and key, or line and column. */
export async function validateConfig(context: CommandContext, { json }: JsonFlag): Promise<number> {
  const { app, globals } = context;
  const paths = resolvePaths(globals, app.env);
  const profiles = await loadProfiles(paths);
  const loaded = await loadConfiguration(paths, app.env).catch(asProblem);
  const { problems, notes } =
    loaded instanceof Problem
      ? { problems: [withHint(loaded), ...brokenFiles(profiles)], notes: [] }
      : await findings(context, loaded, profiles);
  const ok = problems.length === 0;
  if (json) await printJson(app, { ok, problems, notes });
  else await print(app, report(ok, [...problems, ...notes.map((text) => `note: ${text}`)]));
  return ok ? EXIT.ok : EXIT.config;
}

async function findings(context: CommandContext, configuration: Configuration, profiles: ProfileSet) {
  const checks = await checkAll(context.app.env, configuration, profiles);
  return {
    problems: [
      ...defaultProblems(configuration, profiles).map((text) => `${configuration.paths.configFile}: ${text}`),
      ...checks.flatMap(({ file, problems }) => problems.map((text) => inFile(file, text))),
    ],
    notes: [
      ...configuration.warnings,
      ...checks.flatMap(({ file, notes }) => notes.map((text) => inFile(file, text))),
    ],
  };
}

/** Without the configuration nobody knows which backends there are, so only the files themselves are judged. */
function brokenFiles(profiles: ProfileSet): readonly string[] {
  return profiles.names().flatMap((name) => {
    const found = profiles.lookup(name);
    return found.found ? [] : [inFile(profiles.stored(name)?.file ?? name, found.why)];
  });
}

/** Bad JSON is told with its file already. */
function inFile(file: string, text: string): string {
  return text.includes(file) ? text : `${file}: ${text}`;
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

function withHint({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

function report(ok: boolean, lines: readonly string[]): string {
  return [...(ok ? ["ok"] : []), ...lines].map((line) => `${line}\n`).join("");
}
