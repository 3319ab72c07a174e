/** The operating system's keyring: Keychain, Credential Manager, Secret Service. All calls are bounded in time. */
export interface Keyring {
  get(account: string): Promise<string | undefined>;
  set(account: string, key: string): Promise<void>;
  /** False: there was none. */
  delete(account: string): Promise<boolean>;
}

const SERVICE = "nexus";

/** Longest wait for the keyring, which may ask its user for a password. */
const PATIENCE_MS = 15_000;

/** The keyring of this machine, or undefined where it has none that can be loaded. */
export async function openKeyring(): Promise<Keyring | undefined> {
  try {
    const { AsyncEntry } = await import("@napi-rs/keyring");
    // Without the pin Linux falls back to the kernel's keyring, which forgets everything at the next boot.
    const entry = (account: string) =>
      new AsyncEntry(SERVICE, account, { linux: { store: "secret-service" } });
    return {
      get: async (account) => (await bounded(entry(account).getPassword())) ?? undefined,
      set: async (account, key) => {
        await bounded(entry(account).setPassword(key));
      },
      delete: (account) => bounded(entry(account).deletePassword()),
    };
  } catch {
    return undefined;
  }
}

async function bounded<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the keyring did not answer")), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the keyring gave as its reason. */
export function keyringFault(error: unknown): string {
  return error instanceof Error ? error.message : "it did not say why";
}
