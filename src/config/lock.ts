import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Problem } from "../core/problem.ts";
import { systemCode, writeFailed } from "./file-problem.ts";
import type { Paths } from "./paths.ts";

/** A lock whose holder has not touched it for this long is dead, in milliseconds. */
const STALE_MS = 10_000;

/**
 * Runs `work` as the only process that changes this configuration. Waits for another one up to twice the time after
 * which its lock counts as left behind. Not reentrant. Reading needs no lock.
 */
export async function withLock<T>(paths: Paths, work: () => Promise<T>): Promise<T> {
  await makePrivateDir(paths.configDir);
  const { default: lockfile } = await import("proper-lockfile");
  let release: () => Promise<void>;
  try {
    release = await lockfile.lock(paths.configDir, {
      lockfilePath: join(paths.configDir, ".lock"),
      realpath: false,
      stale: STALE_MS,
      retries: { retries: 400, factor: 1.1, minTimeout: 10, maxTimeout: 60, randomize: true },
      // Stolen after this process was stopped for long: what is written next is still whole, and read back.
      onCompromised: () => {},
    });
  } catch (error) {
    if (systemCode(error) !== "ELOCKED") throw writeFailed(paths.configDir, error);
    throw new Problem(
      "io",
      "config_locked",
      `${paths.configDir}: another nexus is changing the configuration`,
      "try again when it is done",
    );
  }
  try {
    return await work();
  } finally {
    await release().catch(() => {});
  }
}

/**
 * Makes a directory, and those above it, that only its owner can enter. One that exists stays as it is. One level after
 * the other, because Node's `recursive` never returns where a directory can neither be found nor made (`/proc/x/y`).
 */
export async function makePrivateDir(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST" && (await isDirectory(directory))) return;
    const parent = dirname(directory);
    if (code !== "ENOENT" || parent === directory || (await isDirectory(parent))) {
      throw writeFailed(directory, error);
    }
    await makePrivateDir(parent);
    await makePrivateDir(directory);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
