import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Problem } from "../core/problem.ts";
import { systemCode, writeFailed } from "../files/file-problem.ts";
import { makePrivateDir } from "../files/private-dir.ts";
import type { Paths } from "./paths.ts";

/** A lock whose holder has not touched it for this long is dead. Work under the lock takes milliseconds. */
const STALE_MS = 5_000;

/** Longest wait for the lock: past the end of a dead one. */
const WAIT_MS = 15_000;

/** Between two looks at a lock that is held. */
const LOOK_MS = 25;

/**
 * Runs `work` as the only process that changes this configuration. Waits for another one, at most until its lock counts
 * as left behind, and takes that. Not reentrant. Reading needs no lock.
 */
export async function withLock<T>(paths: Paths, work: () => Promise<T>): Promise<T> {
  await makePrivateDir(paths.configDir);
  const release = await takeLock(paths.configDir);
  try {
    return await work();
  } finally {
    await release().catch(() => {});
  }
}

/** Not with the package's own retries: it repeats what cannot succeed too, such as a directory that is read-only. */
async function takeLock(directory: string): Promise<() => Promise<void>> {
  const { default: lockfile } = await import("proper-lockfile");
  for (let looks = WAIT_MS / LOOK_MS; looks > 0; looks--) {
    try {
      return await lockfile.lock(directory, {
        lockfilePath: join(directory, ".lock"),
        realpath: false,
        stale: STALE_MS,
        // Stolen after this process was stopped for long: what is written next is still whole, and read back.
        onCompromised: () => {},
      });
    } catch (error) {
      if (systemCode(error) !== "ELOCKED") throw writeFailed(directory, error);
    }
    await setTimeout(LOOK_MS);
  }
  throw new Problem(
    "io",
    "config_locked",
    `${directory}: another nexus is changing the configuration`,
    "try again when it is done",
  );
}
