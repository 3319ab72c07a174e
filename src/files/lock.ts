import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Problem } from "../core/problem.ts";
import { systemCode, writeFailed } from "./file-problem.ts";
import { makePrivateDir } from "./private-dir.ts";

/**
 * A lock whose holder has not touched it for this long is dead. Work under the lock takes milliseconds. A lock may be
 * dated up to a second ahead, so what a killed process left holds others up for six seconds at most.
 */
const STALE_MS = 5_000;

/** Longest wait for the lock: past the end of a dead one. */
const WAIT_MS = 15_000;

/** Between two looks at a lock that is held. */
const LOOK_MS = 25;

/**
 * Runs `work` as the only process that changes `file`, or the files it stands for. Waits for another one, at most until
 * its lock counts as left behind, and takes that. Not reentrant. Reading needs no lock. Throws a `Problem` that names the
 * file when the lock cannot be made or does not come free.
 */
export async function withLock<T>(lock: { path: string; file: string }, work: () => Promise<T>): Promise<T> {
  await makePrivateDir(dirname(lock.path));
  const release = await takeLock(lock);
  try {
    return await work();
  } finally {
    await release().catch(() => {});
  }
}

/** Not with the package's own retries: it repeats what cannot succeed too, such as a directory that is read-only. */
async function takeLock({ path, file }: { path: string; file: string }): Promise<() => Promise<void>> {
  const { default: lockfile } = await import("proper-lockfile");
  for (let looks = WAIT_MS / LOOK_MS; looks > 0; looks--) {
    try {
      return await lockfile.lock(path, {
        lockfilePath: path,
        realpath: false,
        stale: STALE_MS,
        // Stolen after this process was stopped for long: what is written next is still whole, and read back.
        onCompromised: () => {},
      });
    } catch (error) {
      if (systemCode(error) !== "ELOCKED") throw writeFailed(file, error);
    }
    await setTimeout(LOOK_MS);
  }
  throw new Problem(
    "io",
    "file_locked",
    `${file}: another nexus is changing it`,
    `try again when it is done; if there is none, remove ${path}`,
  );
}
