import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import {
  chmod,
  chown,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Problem } from "../core/problem.ts";
import { systemCode, writeFailed } from "./file-problem.ts";
import { makePrivateDir } from "./private-dir.ts";

/** A file's new content, whole on the disk beside the file, and not yet in its place. */
export interface Staged {
  /** Puts it in the file's place in one step: at every moment the file is the old or the new one. */
  commit(): Promise<void>;
  /** Takes it away again unless it was committed. */
  discard(): Promise<void>;
}

/**
 * Stages a text as the content of a file. What can fail for want of room fails here, with a `Problem` that names the file,
 * and leaves nothing behind. The text is read back, since not every short write is an error. Symbolic links are written
 * through, also those that lead to no file yet. Mode and owner stay; a new file is 0600. The caller holds the file's lock.
 */
export async function stage(file: string, text: string, write = writeWhole): Promise<Staged> {
  const target = await linkTarget(file);
  await makePrivateDir(dirname(target));
  const old = await statOf(target);
  const fresh = `${target}.${randomBytes(4).toString("hex")}.new`;
  const discard = () => rm(fresh, { force: true });
  try {
    await sweep(target);
    await write(fresh, text);
    if ((await readFile(fresh, "utf8")) !== text) throw fellShort(file);
    if (old !== undefined) await takeAfter(fresh, old);
  } catch (error) {
    await discard();
    throw writeFailed(file, error);
  }
  return {
    commit: async () => {
      try {
        await rename(fresh, target);
      } catch (error) {
        throw writeFailed(file, error);
      }
    },
    discard,
  };
}

/** Makes a text the content of a file, as `stage` does, or leaves the file exactly as it was and throws a `Problem`. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const staged = await stage(file, text);
  try {
    await staged.commit();
  } finally {
    await staged.discard();
  }
}

async function writeWhole(fresh: string, text: string): Promise<void> {
  const handle = await open(fresh, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a process that was killed left beside a file, its writer's own temporary files included. */
const LEFT_BEHIND = /^\.[0-9a-f]{8}\.new(\.tmp-[0-9a-f]+)?$/;

async function sweep(target: string): Promise<void> {
  const name = basename(target);
  const left = (await readdir(dirname(target))).filter(
    (each) => each.startsWith(name) && LEFT_BEHIND.test(each.slice(name.length)),
  );
  for (const each of left) await rm(join(dirname(target), each), { force: true });
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
  let found: Stats;
  try {
    found = await stat(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw writeFailed(file, error);
  }
  // Nobody wants a device to become a file.
  if (found.isFile()) return found;
  throw new Problem("io", "file_unwritable", `${file}: cannot be written: it is not a regular file`);
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
