import { missingKeyText } from "../backends/missing-key.ts";
import type { Backend, Secret } from "../core/backend.ts";
import type { FindKey } from "../core/ports.ts";
import { Problem } from "../core/problem.ts";
import { keyringFault, openKeyring } from "./keyring.ts";
import { readSalt } from "./salt.ts";
import { cleanKey, createSecret } from "./secret.ts";
import { readVault, type StoredKey, type Vault } from "./vault.ts";

/** What this room needs to know of its surroundings. */
export interface KeysContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: { readonly secretsFile: string; readonly stateDir: string };
  /** Told, once each, why a key that is there cannot be used. */
  readonly warn?: (message: string) => void;
}

/**
 * Where a backend's key is found. `elsewhere`: a key of that name is stored, but it was given for another address.
 * `missing`: the backend cannot work without one. `none`: it has none and needs none.
 */
export type KeyPlace =
  | { readonly at: "env"; readonly variable: string }
  | { readonly at: "stored"; readonly name: string; readonly entry: StoredKey }
  | { readonly at: "elsewhere"; readonly name: string; readonly origin: string }
  | { readonly at: "missing" }
  | { readonly at: "none" };

/** Where the key of a backend is: the first of its variables that is set, then the stored key. */
export function locateKey(backend: Backend, env: KeysContext["env"], vault: Vault): KeyPlace {
  // Anybody on the network chooses such a name, and a key may be stored under it.
  if (backend.source === "announced") return { at: "none" };
  const variable = backend.key.env.find((name) => (env[name] ?? "").trim() !== "");
  if (variable !== undefined) return { at: "env", variable };
  const name = backend.key.ref ?? backend.name;
  const entry = vault.get(name);
  if (entry === undefined) return { at: backend.key.required ? "missing" : "none" };
  const { origin } = entry;
  const ours = origin === undefined || origin === new URL(backend.url).origin;
  return ours ? { at: "stored", name, entry } : { at: "elsewhere", name, origin };
}

/** Why a backend has no usable key, for a place where none was found. */
export function keyProblem(backend: Backend, place: KeyPlace): string {
  return place.at === "elsewhere"
    ? `backend "${backend.name}" has no key for its address: the stored key "${place.name}" is for ${place.origin}`
    : missingKeyText(backend);
}

/**
 * Finds keys: environment first, then what `nexus key set` stored. Never throws: a key that cannot be read or used is
 * no key, and `warn` is told why. The keyring is asked once for each key.
 */
export function createFindKey(context: KeysContext): FindKey {
  const told = new Set<string>();
  const warn = (message: string) => {
    if (!told.has(message)) context.warn?.(message);
    told.add(message);
  };
  const fetched = new Map<string, Promise<string | undefined>>();
  let salt: Promise<Uint8Array> | undefined;

  const textAt = async (place: KeyPlace): Promise<string | undefined> => {
    if (place.at === "env") return context.env[place.variable];
    if (place.at !== "stored") return undefined;
    if (place.entry.store === "file") return place.entry.key;
    const account = place.entry.account ?? place.name;
    const text = fetched.get(account) ?? fromKeyring(place.name, account, warn);
    fetched.set(account, text);
    return text;
  };

  return async (backend: Backend): Promise<Secret | undefined> => {
    const place = locateKey(backend, context.env, await storedKeys({ ...context, warn }));
    if (place.at === "elsewhere") warn(keyProblem(backend, place));
    const text = await textAt(place);
    if (text === undefined) return undefined;
    const key = cleanKey(text);
    if (key === undefined) {
      warn(
        `the key of backend "${backend.name}" (${placeName(place)}) is not usable: it has characters no key has`,
      );
      return undefined;
    }
    salt ??= readSalt(context.paths.stateDir);
    return createSecret(key, await salt);
  };
}

/** Where a key is, for people: `GROQ_API_KEY`, `keyring`, `file`, or an empty text. */
export function placeName(place: KeyPlace): string {
  if (place.at === "env") return place.variable;
  return place.at === "stored" ? place.entry.store : "";
}

/** The stored keys by name. A file that cannot be read holds none, and `warn` is told why. */
export async function storedKeys({ paths, warn = () => {} }: KeysContext): Promise<Vault> {
  try {
    return await readVault(paths.secretsFile, warn);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    warn(error.message);
    return new Map();
  }
}

async function fromKeyring(
  name: string,
  account: string,
  warn: (message: string) => void,
): Promise<string | undefined> {
  const keyring = await openKeyring();
  if (keyring === undefined) {
    warn(`the key "${name}" is in the keyring, which cannot be used here`);
    return undefined;
  }
  try {
    const text = await keyring.get(account);
    if (text === undefined) warn(`the key "${name}" is no longer in the keyring`);
    return text;
  } catch (error) {
    warn(`the key "${name}" cannot be read from the keyring: ${keyringFault(error)}`);
    return undefined;
  }
}
