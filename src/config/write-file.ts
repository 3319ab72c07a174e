import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { chmod, chown, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import { systemCode, writeFailed } from "../files/file-problem.ts";
import { makePrivateDir } from "../files/private-dir.ts";

/**
 * Makes a JSON object the content of a file, spelled as in `text`, or leaves the file exactly as it was and throws a
 * `Problem`.
 *
 * The writing is done by the package conf. What stands around it makes up for what conf does not do:
 * - a short write (full disk) is no error to it, and it would put the truncated file in the place of the good one: here
 *   it writes a new file beside the target, which is read back and takes the target's place only when it is whole, so
 *   that there is no moment at which the target is neither the old nor the new file;
 * - it makes files that all can read: here 0600, or the mode and owner the file has already;
 * - it dies of a broken file without a word about where, or clears it: here it gets to see none, and `parse-json.ts`
 *   reads;
 * - it takes `a.b` for a path: here it gets whole objects only;
 * - it replaces a symbolic link that leads to no file yet: here the file the link means is written;
 * - it knows no lock: see `lock.ts`, which the caller holds.
 */
export async function replaceFile(file: string, value: JsonObject, text = formatJson(value)): Promise<void> {
  const target = await linkTarget(file);
  await makePrivateDir(dirname(target));
  const old = await statOf(target);
  const fresh = `${target}.${randomUUID()}.new`;
  try {
    await writeByConf(fresh, value, text);
    if ((await readFile(fresh, "utf8")) !== text) throw fellShort(file);
    if (old !== undefined) await takeAfter(fresh, old);
    await rename(fresh, target);
  } catch (error) {
    throw writeFailed(file, error);
  } finally {
    await rm(fresh, { force: true });
  }
}

async function writeByConf(target: string, value: JsonObject, text: string): Promise<void> {
  const { default: Conf } = await import("conf");
  const store = new Conf({
    cwd: dirname(target),
    configName: basename(target),
    fileExtension: "",
    configFileMode: 0o600,
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

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw writeFailed(file, error);
  }
}

/** The mode always, the owner where that is allowed. */
async function takeAfter(file: string, { mode, uid, gid }: Stats): Promise<void> {
  await chown(file, uid, gid).catch(() => {});
  await chmod(file, mode & 0o777);
}

function fellShort(file: string): Problem {
  return new Problem(
    "io",
    "write_fell_short",
    `${file}: could not be written whole, the disk may be full`,
    "the file is as it was before",
  );
}
