import { chmod, stat } from "node:fs/promises";
import { platform } from "node:os";
import { isObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import { withLock } from "../files/lock.ts";
import { readOwnFile } from "../files/read.ts";
import { replaceFile } from "../files/replace.ts";

/** One stored key: where its text is, and whom it is for. */
export interface StoredKey {
  readonly store: "file" | "keyring";
  /** The text, when the store is this file. */
  readonly key?: string;
  /** What the keyring knows it by, when that is the store: unique, so that no other installation replaces it. */
  readonly account?: string;
  /** Origin of the backend the key was given for; it is sent nowhere else. Undefined: not bound to one. */
  readonly origin?: string;
  /** When it was stored, ISO 8601. */
  readonly saved_at: string;
}

/** All stored keys by name. Those in the keyring are listed here too, without their text. */
export type Vault = ReadonlyMap<string, StoredKey>;

/**
 * Reads the file of keys; none is an empty vault. A mode that lets others read it is repaired, and `warn` is told.
 * Throws a `Problem` naming the file when it cannot be read or is broken: it is never overwritten then.
 */
export async function readVault(file: string, warn: (message: string) => void): Promise<Vault> {
  const bytes = await readOwnFile(file);
  if (bytes === undefined) return new Map();
  await closeToOthers(file, warn);
  return parseVault(new TextDecoder().decode(bytes), file);
}

/**
 * Changes the file of keys: under a lock, at once or not at all, readable by its owner only. Throws a `Problem` naming
 * the file when it is broken, cannot be written, or another process does not let go of it.
 */
export async function updateVault(
  file: string,
  change: (vault: Map<string, StoredKey>) => void,
): Promise<void> {
  await withLock({ path: `${file}.lock`, file }, async () => {
    const vault = new Map(await readVault(file, () => {}));
    change(vault);
    await replaceFile(file, `${JSON.stringify({ version: 1, keys: Object.fromEntries(vault) }, null, 2)}\n`);
  });
}

async function closeToOthers(file: string, warn: (message: string) => void): Promise<void> {
  const mode = (await stat(file)).mode & 0o777;
  // Windows has no such modes.
  if ((mode & 0o077) === 0 || platform() === "win32") return;
  const open = `the file of keys ${file} could be read by others (mode ${mode.toString(8)})`;
  try {
    await chmod(file, 0o600);
    warn(`${open}; its mode is 600 now`);
  } catch {
    warn(`${open}, and its mode cannot be changed`);
  }
}

function parseVault(text: string, file: string): Vault {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message would quote the file, which holds keys.
    throw broken(file, "is not valid JSON");
  }
  const keys = isObject(parsed) ? parsed["keys"] : undefined;
  if (!isObject(keys)) throw broken(file, 'has no object "keys"');
  return new Map(Object.entries(keys).map(([name, entry]) => [name, parseEntry(entry, name, file)]));
}

function parseEntry(entry: unknown, name: string, file: string): StoredKey {
  if (!isObject(entry)) throw broken(file, `keys.${name} is not an object`);
  const { store, key, account, origin, saved_at } = entry;
  if (store !== "file" && store !== "keyring")
    throw broken(file, `keys.${name}.store is not "file" or "keyring"`);
  if (store === "file" && typeof key !== "string") throw broken(file, `keys.${name}.key is not text`);
  return {
    store,
    ...(typeof key === "string" ? { key } : {}),
    ...(typeof account === "string" ? { account } : {}),
    ...(typeof origin === "string" ? { origin } : {}),
    saved_at: typeof saved_at === "string" ? saved_at : "",
  };
}

function broken(file: string, what: string): Problem {
  return new Problem(
    "config",
    "secrets_file_invalid",
    `the file of keys ${file} ${what}`,
    "mend or remove it by hand",
  );
}
