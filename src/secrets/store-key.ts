import { randomBytes } from "node:crypto";
import { Problem } from "../core/problem.ts";
import { keyringFault, openKeyring } from "./keyring.ts";
import type { KeysContext } from "./keys.ts";
import { cleanKey } from "./secret.ts";
import { readVault, type StoredKey, updateVault, type Vault } from "./vault.ts";

/** How a key came to be stored where it is. `why`: what kept it out of the keyring. */
export interface Stored {
  readonly store: "file" | "keyring";
  readonly why?: string;
}

/**
 * Stores a key under a name: in the keyring, or in the 0600 file where there is none, `store` asks for it, or
 * `NEXUS_KEYRING=file` is set. With `origin`, it is sent to that origin only. Throws a `Problem` for a key that cannot
 * be one, and when the keyring was asked for by name and did not take it.
 */
export async function storeKey(
  context: KeysContext,
  name: string,
  text: string,
  options: { readonly store?: "file" | "keyring"; readonly origin?: string },
): Promise<Stored> {
  const key = cleanKey(text);
  if (key === undefined) {
    const what =
      text.trim() === "" ? "is empty" : "has characters no key has (white space, control characters)";
    throw new Problem("input", "key_invalid", `the key for "${name}" ${what}`);
  }
  const wanted = options.store ?? (context.env["NEXUS_KEYRING"] === "file" ? "file" : undefined);
  const account = `${name}-${randomBytes(4).toString("hex")}`;
  const refusal = wanted === "file" ? undefined : await intoKeyring(account, key);
  if (wanted === "keyring" && refusal !== undefined) {
    const message = `the keyring did not take the key: ${refusal}`;
    throw new Problem("io", "keyring_unavailable", message, "keep it in a file with --store file");
  }
  const store = wanted === "file" || refusal !== undefined ? "file" : "keyring";
  let former: StoredKey | undefined;
  await updateVault(context.paths.secretsFile, (vault) => {
    former = vault.get(name);
    vault.set(name, {
      store,
      ...(store === "file" ? { key } : { account }),
      ...(options.origin === undefined ? {} : { origin: options.origin }),
      saved_at: new Date().toISOString(),
    });
  });
  // What is left of the former key in the keyring is of no use to anybody.
  await outOfKeyring(former).catch(() => {});
  return { store, ...(refusal === undefined ? {} : { why: refusal }) };
}

/** Deletes a stored key wherever it is. False: there was none of that name. */
export async function deleteKey(context: KeysContext, name: string): Promise<boolean> {
  const entry = (await readVault(context.paths.secretsFile, context.warn ?? (() => {}))).get(name);
  if (entry === undefined) return false;
  try {
    await outOfKeyring(entry);
  } catch (error) {
    const message = `the key "${name}" cannot be deleted from the keyring: ${keyringFault(error)}`;
    throw new Problem("io", "keyring_unavailable", message);
  }
  await updateVault(context.paths.secretsFile, (vault) => {
    vault.delete(name);
  });
  return true;
}

/** The stored keys by name, without their texts. */
export async function listKeys(context: KeysContext): Promise<Vault> {
  const vault = await readVault(context.paths.secretsFile, context.warn ?? (() => {}));
  return new Map([...vault].map(([name, { key: _, ...entry }]) => [name, entry]));
}

/** Undefined when the keyring took the key, else why it did not. */
async function intoKeyring(account: string, key: string): Promise<string | undefined> {
  const keyring = await openKeyring();
  if (keyring === undefined) return "this machine has none that can be used";
  try {
    await keyring.set(account, key);
    // Some keyrings accept a key and keep nothing.
    return (await keyring.get(account)) === key ? undefined : "it did not keep the key";
  } catch (error) {
    return keyringFault(error);
  }
}

async function outOfKeyring(entry: StoredKey | undefined): Promise<void> {
  if (entry?.account === undefined) return;
  const keyring = await openKeyring();
  if (keyring === undefined) throw new Error("this machine has none that can be used");
  await keyring.delete(entry.account);
}
