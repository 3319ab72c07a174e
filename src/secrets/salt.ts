import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePrivateDir } from "../files/private-dir.ts";

/**
 * This installation's salt for fingerprints of keys, made on first use. Where the state directory cannot be written
 * there are no shared facts either, so a salt for this process is enough.
 */
export async function readSalt(stateDir: string): Promise<Uint8Array> {
  const file = join(stateDir, "key-salt");
  const found = await read(file);
  if (found !== undefined) return found;
  const fresh = randomBytes(32);
  // Whole or not there: another process may read it at this moment, and has to find the same salt.
  const draft = `${file}.${fresh.toString("hex", 0, 8)}`;
  try {
    await makePrivateDir(stateDir);
    await writeFile(draft, fresh, { mode: 0o600, flag: "wx" });
    return await link(draft, file).then(
      () => fresh,
      () => takeFirst(file, draft),
    );
  } catch {
    return fresh;
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** The salt of a process that was first; or ours, when what is there is none, or there are no links here. */
async function takeFirst(file: string, draft: string): Promise<Uint8Array> {
  const first = await read(file);
  if (first !== undefined) return first;
  await rename(draft, file);
  return readFile(file);
}

async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    const salt = await readFile(file);
    return salt.length === 32 ? salt : undefined;
  } catch {
    return undefined;
  }
}
