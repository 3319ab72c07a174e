import { randomUUID } from "node:crypto";
import { chmod, copyFile, link, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import { systemCode, writeFailed } from "./file-problem.ts";
import { makePrivateDir } from "./lock.ts";

/**
 * Makes a JSON object the content of a file, spelled as in `text`, or leaves the file exactly as it was and throws a
 * `Problem`.
 *
 * The writing is done by the package conf: a temporary file beside the target, flushed, then renamed over it. What
 * stands around it makes up for what conf does not do:
 * - a short write (full disk) is no error to it, and a truncated file would replace the good one: the old file is held
 *   by a second link, which needs no space, the new one is read back, and put back when a byte is missing;
 * - it makes files that all can read: here 0600, or the mode the file has already;
 * - it reads the old file first and dies of a broken one, or clears it: here it is told there is nothing in it, because
 *   `parse-json.ts` has read the file and says line and column;
 * - it takes `a.b` for a path: here it gets whole objects only;
 * - it replaces a symbolic link that leads to no file yet: here it gets the file the link means;
 * - it knows no lock: see `lock.ts`, which the caller holds.
 */
export async function replaceFile(file: string, value: JsonObject, text = formatJson(value)): Promise<void> {
  const target = await linkTarget(file);
  await makePrivateDir(dirname(target));
  const mode = await modeOf(target);
  const old = `${target}.${randomUUID()}.old`;
  try {
    if (mode !== undefined) await keep(target, old);
    await writeByConf(target, value, text, mode ?? 0o600);
    await chmod(target, mode ?? 0o600);
    if ((await readFile(target, "utf8")) !== text) throw fellShort(file);
  } catch (error) {
    if (mode === undefined) await rm(target, { force: true });
    else await rename(old, target).catch(() => {});
    throw writeFailed(file, error);
  } finally {
    await rm(old, { force: true });
  }
}

async function writeByConf(target: string, value: JsonObject, text: string, mode: number): Promise<void> {
  const { default: Conf } = await import("conf");
  const store = new Conf({
    cwd: dirname(target),
    configName: basename(target),
    fileExtension: "",
    configFileMode: mode,
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    serialize: () => text,
    deserialize: () => ({}),
  });
  store.store = { ...value };
}

/** JSON as nexus writes it: two spaces, a newline at the end. */
export function formatJson(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Where a write has to go: through symbolic links, also through one that leads to no file yet. */
async function linkTarget(file: string, hops = 0): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const link = hops < 40 ? await readlink(file).catch(() => undefined) : undefined;
    return link === undefined ? file : linkTarget(resolve(dirname(file), link), hops + 1);
  }
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw writeFailed(file, error);
  }
}

/** Some file systems have no links; there a copy has to do. */
async function keep(file: string, as: string): Promise<void> {
  await link(file, as).catch(() => copyFile(file, as));
}

function fellShort(file: string): Problem {
  return new Problem(
    "io",
    "write_fell_short",
    `${file}: could not be written whole, the disk may be full`,
    "the file is as it was before",
  );
}
