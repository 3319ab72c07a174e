import { type Stats, statSync } from "node:fs";
import { rename } from "node:fs/promises";
import { Problem } from "../core/problem.ts";
import { withLock } from "../files/lock.ts";

/**
 * Which file a path names at this moment, to tell it from one that took its place. Not asynchronously, which would take
 * thirty times as long, at a moment that counts: before the first request.
 */
export function identityOf(file: string): string | undefined {
  const found = statIfAny(file);
  return found && `${found.dev}:${found.ino}`;
}

/** What stands at a path; undefined when nothing does, or when it cannot be looked at. */
export function statIfAny(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Renames a corrupt database and the files beside it to `<file>.corrupt-<time>`, so that a new one can be begun and
 * nothing is lost. Leaves a file alone that another process has put in its place meanwhile. Returns the new name, or
 * undefined when nothing was renamed.
 */
export async function setAside(
  file: string,
  identity: string | undefined,
  now: Date,
): Promise<string | undefined> {
  if (identity === undefined) return undefined;
  const aside = `${file}.corrupt-${now.toISOString().replaceAll(/[:.]/g, "-")}`;
  try {
    // Alone: a second process would rename what the first has begun anew.
    return await withLock({ path: `${file}.lock`, file }, async () => {
      if (identityOf(file) !== identity) return undefined;
      // The log first: beside a new file, an old log would be replayed into it.
      for (const suffix of ["-wal", "-shm", ""]) {
        await rename(`${file}${suffix}`, `${aside}${suffix}`).catch(() => {});
      }
      return identityOf(aside) === undefined ? undefined : aside;
    });
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
