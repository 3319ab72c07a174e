import type { JsonObject } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { Problem } from "../core/problem.ts";
import type { Paths } from "./paths.ts";
import { readProfile } from "./profile-file.ts";
import { loadProfiles, type ProfileSet, profileFile, profileSet, type StoredProfile } from "./profiles.ts";
import { applyChanges, configChange, type FileChange, lockConfig } from "./store.ts";
import { formatJson } from "./write-file.ts";

/** What shall become of profiles: a document each, or undefined for one that goes; and what changes in `config.json`. */
export interface ProfileChanges {
  readonly documents: ReadonlyMap<string, JsonObject | undefined>;
  readonly config?: (current: JsonObject) => JsonObject;
  /** How the user spelled a document, where that is to be kept. */
  readonly text?: string;
}

/**
 * Changes profiles, all or none. `decide` sees them as they are under the lock. What is written has to be valid: its
 * members exist and it does not contain itself. Throws a `Problem` otherwise, and nothing is changed.
 */
export async function changeProfiles(
  paths: Paths,
  decide: (profiles: ProfileSet) => ProfileChanges,
): Promise<void> {
  await lockConfig(paths, async () => {
    const before = await loadProfiles(paths);
    const { documents, config, text } = decide(before);
    const after = changed(paths, before, documents);
    const written = [...documents].flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
    for (const { name } of written) checkWritten(name, after);
    const gone = [...documents.keys()].filter((name) => documents.get(name) === undefined);
    const spelling = text === undefined ? {} : { text };
    await applyChanges([
      ...written.map(({ name, value }) => ({ file: profileFile(paths, name), value, ...spelling })),
      ...(config === undefined ? [] : await configChange(paths, config)),
      // Those that refer to others before those others: no file that is there ever names one that is not.
      ...gone.reverse().map((name): FileChange => ({ file: profileFile(paths, name), value: undefined })),
    ]);
  });
}

/** The profiles as they would be after a change. */
function changed(
  paths: Paths,
  before: ProfileSet,
  documents: ReadonlyMap<string, JsonObject | undefined>,
): ProfileSet {
  const kept = before
    .names()
    .filter((name) => !documents.has(name))
    .flatMap((name) => before.stored(name) ?? []);
  const written = [...documents].flatMap(([name, document]): StoredProfile[] =>
    document === undefined ? [] : [storedAs(paths, name, document)],
  );
  return profileSet([...kept, ...written]);
}

function storedAs(paths: Paths, name: string, document: JsonObject): StoredProfile {
  const text = formatJson(document);
  return { name, file: profileFile(paths, name), text, document, reading: readProfile(name, document) };
}

/** Throws a `Problem` unless a profile of the set is valid and all its members exist. */
function checkWritten(name: string, profiles: ProfileSet): void {
  const found = profiles.lookup(name);
  if (!found.found) {
    throw new Problem("config", "profile_invalid", `profile "${name}": ${found.why}`, "nothing was changed");
  }
  if (found.profile.type === "model") return;
  const missing = found.profile.members.find((member) => profiles.stored(member) === undefined);
  if (missing === undefined) return;
  const others = profiles.names().filter((other) => other !== name);
  throw new Problem(
    "not-found",
    "profile_not_found",
    `profile "${name}": there is no profile "${missing}"${didYouMean(missing, others)}`,
    "`nexus profile list` shows what there is; save the members first",
  );
}
