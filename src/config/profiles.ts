import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import type { ProfileLookup } from "../core/profile.ts";
import { systemCode } from "../files/file-problem.ts";
import { cycleThrough } from "./members.ts";
import { nameFault } from "./names.ts";
import { parseObject, readText } from "./parse-json.ts";
import type { Paths } from "./paths.ts";
import { type ProfileReading, readProfile } from "./profile-file.ts";

/** One profile's file: what it holds, when it is JSON, and what that means. */
export interface StoredProfile {
  readonly name: string;
  readonly file: string;
  /** The file as it is spelled. */
  readonly text: string;
  /** Undefined when the file is no JSON object. */
  readonly document: JsonObject | undefined;
  readonly reading: ProfileReading;
}

/** Every saved profile, the broken ones included. */
export interface ProfileSet {
  /** In alphabetical order. */
  names(): readonly string[];
  /** What a name leads to. A load balancer that contains itself is not valid. */
  lookup(name: string): ProfileLookup;
  /** What is odd in a profile but stops nothing, each with its key. */
  warnings(name: string): readonly string[];
  stored(name: string): StoredProfile | undefined;
  /** The load balancers that name this profile as a member. */
  referrers(name: string): readonly string[];
}

/** Reads every profile file. A broken one is told by `lookup`, never thrown. */
export async function loadProfiles(paths: Paths): Promise<ProfileSet> {
  const names = (await fileNames(paths.profilesDir))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .filter((name) => nameFault(name) === undefined)
    .sort();
  const stored = await Promise.all(names.map((name) => readStored(paths, name)));
  return profileSet(stored.filter((each) => each !== undefined));
}

/** The file of a profile of this name. */
export function profileFile(paths: Paths, name: string): string {
  return join(paths.profilesDir, `${name}.json`);
}

/** A set of profiles, for one that is about to be changed: the result can be judged before anything is written. */
export function profileSet(profiles: readonly StoredProfile[]): ProfileSet {
  const byName = new Map(profiles.map((stored) => [stored.name, stored]));
  const membersOf = (name: string) => {
    const reading = byName.get(name)?.reading;
    return reading?.valid && reading.profile.type === "loadbalancer" ? reading.profile.members : [];
  };
  return {
    names: () => [...byName.keys()],
    lookup(name) {
      const reading = byName.get(name)?.reading;
      if (reading === undefined) return { found: false, why: "no such profile" };
      if (!reading.valid) return { found: false, why: `profile is not valid: ${reading.why}` };
      const cycle = cycleThrough(name, membersOf);
      if (cycle === undefined) return { found: true, profile: reading.profile };
      return { found: false, why: `profile is not valid: its members form a cycle: ${cycle.join(" -> ")}` };
    },
    warnings(name) {
      const reading = byName.get(name)?.reading;
      return reading?.valid ? reading.warnings : [];
    },
    stored: (name) => byName.get(name),
    referrers: (name) => [...byName.keys()].filter((other) => membersOf(other).includes(name)),
  };
}

/** The same profiles and one more, or another in its place, that is saved nowhere yet. */
export function withDraft(
  profiles: ProfileSet,
  paths: Paths,
  name: string,
  document: JsonObject,
): ProfileSet {
  const others = profiles.names().flatMap((other) => profiles.stored(other) ?? []);
  const draft = {
    name,
    file: profileFile(paths, name),
    text: "",
    document,
    reading: readProfile(name, document),
  };
  return profileSet([...others.filter((other) => other.name !== name), draft]);
}

/** Undefined for a file that is gone meanwhile, or a link that leads to none yet. */
async function readStored(paths: Paths, name: string): Promise<StoredProfile | undefined> {
  const file = profileFile(paths, name);
  let text = "";
  try {
    const found = await readText(file);
    if (found === undefined) return undefined;
    text = found;
    const document = await parseObject(text, file);
    return { name, file, text, document, reading: readProfile(name, document) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { name, file, text, document: undefined, reading: { valid: false, why: error.message } };
  }
}

async function fileNames(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new Problem("config", "profiles_unreadable", `${directory}: cannot be read (${code})`);
  }
}
