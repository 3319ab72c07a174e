import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode, writeFailed } from "./file-problem.ts";

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
