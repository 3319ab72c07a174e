import type { Configuration } from "../../config/load.ts";
import { loadProfiles, type ProfileSet } from "../../config/profiles.ts";
import { didYouMean } from "../../core/nearest.ts";
import { keyProblem, locateKey, storedKeys } from "../../secrets/keys.ts";
import type { CommandContext, Env } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { print, printJson } from "../output/print.ts";
import { openConfiguration } from "../wiring.ts";
import { type KnownBackends, knownBackends } from "./backends.ts";
import { storedProfile } from "./open.ts";
import { unknownParams } from "./unknown-params.ts";

/** What is to be said of one profile: problems keep it, or a member, from working; notes do not, or not always. */
export interface ProfileCheck {
  readonly name: string;
  readonly file: string;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** `profile check [NAME…]`. */
export async function checkProfiles(
  context: CommandContext,
  { json }: JsonFlag,
  names: readonly string[],
): Promise<number> {
  const configuration = await openConfiguration(context);
  const profiles = await loadProfiles(configuration.paths);
  for (const name of names) storedProfile(profiles, name);
  const checks = await checkAll(context.app.env, configuration, profiles);
  const shown = names.length === 0 ? checks : checks.filter(({ name }) => names.includes(name));
  const general = names.length === 0 ? defaultProblems(configuration, profiles) : [];
  const ok = general.length === 0 && shown.every(({ problems }) => problems.length === 0);
  if (json) await printJson(context.app, { ok, problems: general, profiles: shown });
  else await print(context.app, [...general.map((text) => `${text}\n`), ...shown.map(textOf)].join(""));
  return ok ? EXIT.ok : EXIT.config;
}

/** What is wrong with the default profile. */
export function defaultProblems(
  { defaultProfile }: Pick<Configuration, "defaultProfile">,
  profiles: ProfileSet,
): readonly string[] {
  if (defaultProfile === undefined || profiles.stored(defaultProfile) !== undefined) return [];
  return [
    `default_profile: there is no profile "${defaultProfile}"${didYouMean(defaultProfile, profiles.names())}`,
  ];
}

/** Checks every profile: its file, its members, its backend and key. */
export async function checkAll(
  env: Env,
  configuration: Configuration,
  profiles: ProfileSet,
): Promise<readonly ProfileCheck[]> {
  const backends = knownBackends(configuration, env);
  const vault = await storedKeys({ env, paths: configuration.paths });
  return profiles.names().map((name) => {
    const found = profiles.lookup(name);
    const file = profiles.stored(name)?.file ?? "";
    if (!found.found) return { name, file, problems: [found.why], notes: [] };
    const { profile } = found;
    const notes = [...profiles.warnings(name), ...unknownParams(name, profiles, backends)];
    if (profile.type === "loadbalancer") {
      return { name, file, problems: memberProblems(profile.members, profiles), notes };
    }
    const backend = backends.find(profile.backend);
    if (backend === undefined)
      return { name, file, problems: [unknownBackend(profile.backend, backends)], notes };
    const place = locateKey(backend, env, vault);
    const noKey = place.at === "missing" || place.at === "elsewhere";
    return { name, file, problems: [], notes: noKey ? [...notes, keyProblem(backend, place)] : notes };
  });
}

function memberProblems(members: readonly string[], profiles: ProfileSet): readonly string[] {
  return members.flatMap((member) => {
    const found = profiles.lookup(member);
    if (found.found) return [];
    const near = profiles.stored(member) === undefined ? didYouMean(member, profiles.names()) : "";
    return [`member ${member}: ${found.why}${near}`];
  });
}

function unknownBackend(name: string, backends: KnownBackends): string {
  return `backend: no backend is called "${name}"${didYouMean(name, backends.names())}`;
}

function textOf({ name, problems, notes }: ProfileCheck): string {
  const lines = [...problems, ...notes.map((text) => `note: ${text}`)].map((text) => `${name}: ${text}\n`);
  return problems.length > 0 ? lines.join("") : `${name}: ok\n${lines.join("")}`;
}
