import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * This installation's salt for fingerprints of keys, made on first use. Where the state directory cannot be written
 * there are no shared facts either, so a salt for this process is enough.
 */
export async function readSalt(stateDir: string): Promise<Uint8Array> {
  const file = join(stateDir, "key-salt");
  const found = await read(file);
  if (found !== undefined) return found;
  const fresh = randomBytes(32);
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    // Whole or not there: another process may read it at this moment, and has to find the same salt.
    const draft = `${file}.${fresh.toString("hex", 0, 8)}`;
    await writeFile(draft, fresh, { mode: 0o600, flag: "wx" });
    await link(draft, file).finally(() => rm(draft, { force: true }));
    return fresh;
  } catch {
    // Another process was first, or the directory is not writable.
    return (await read(file)) ?? fresh;
  }
}

async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    const salt = await readFile(file);
    return salt.length === 32 ? salt : undefined;
  } catch {
    return undefined;
  }
}
