import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { resolveBackend } from "../../src/backends/resolve.ts";
import { createFindKey, type KeysContext } from "../../src/secrets/keys.ts";
import { deleteKey, listKeys, storeKey } from "../../src/secrets/store-key.ts";

// The operating system's side: what is kept by account, and how it misbehaves.
const system = vi.hoisted(() => ({
  kept: new Map<string, string>(),
  failure: "",
  forgets: false,
}));

vi.mock("@napi-rs/keyring", () => ({
  AsyncEntry: class {
    readonly #account: string;
    constructor(service: string, account: string, options: unknown) {
      expect(service).toBe("nexus");
      expect(options).toEqual({ linux: { store: "secret-service" } });
      this.#account = account;
    }
    async #available(): Promise<void> {
      if (system.failure !== "") throw new Error(system.failure);
    }
    async getPassword(): Promise<string | null> {
      await this.#available();
      return system.kept.get(this.#account) ?? null;
    }
    async setPassword(key: string): Promise<void> {
      await this.#available();
      if (!system.forgets) system.kept.set(this.#account, key);
    }
    async deletePassword(): Promise<boolean> {
      await this.#available();
      return system.kept.delete(this.#account);
    }
  },
}));

const CANARY = "sk-canary-55e0d1";
const groq = resolveBackend("groq", { type: "openai", url: "https://api.groq.com/openai/v1" }, "configured");

let warnings: string[];
beforeEach(() => {
  system.kept.clear();
  system.failure = "";
  system.forgets = false;
  warnings = [];
});

async function context(): Promise<KeysContext> {
  const dir = await mkdtemp(join(tmpdir(), "nexus-keyring-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return {
    env: {},
    paths: { secretsFile: join(dir, "secrets.json"), stateDir: dir },
    warn: (message) => warnings.push(message),
  };
}

async function reveal(keys: KeysContext): Promise<string | undefined> {
  return (await createFindKey(keys)(groq))?.reveal();
}

it("a key goes into the keyring, and the file knows only that it is there", async () => {
  const keys = await context();
  expect(await storeKey(keys, "groq", CANARY, {})).toEqual({ store: "keyring" });
  expect(await readFile(keys.paths.secretsFile, "utf8")).not.toContain(CANARY);
  expect(await reveal(keys)).toBe(CANARY);
  expect([...(await listKeys(keys)).values()]).toMatchObject([{ store: "keyring" }]);
});

it("two installations do not replace each other's keys, and a new key leaves nothing of the former", async () => {
  const [one, two] = [await context(), await context()];
  await storeKey(one, "groq", "key-of-one", {});
  await storeKey(two, "groq", "key-of-two", {});
  await storeKey(two, "groq", "new-key-of-two", {});
  expect(await reveal(one)).toBe("key-of-one");
  expect(await reveal(two)).toBe("new-key-of-two");
  expect([...system.kept.values()].sort()).toEqual(["key-of-one", "new-key-of-two"]);
});

it("moving a key to the file takes it out of the keyring", async () => {
  const keys = await context();
  await storeKey(keys, "groq", "old-key", {});
  await storeKey(keys, "groq", CANARY, { store: "file" });
  expect(system.kept.size).toBe(0);
  expect(await reveal(keys)).toBe(CANARY);
});

it("deletes a key from the keyring too", async () => {
  const keys = await context();
  await storeKey(keys, "groq", CANARY, {});
  expect(await deleteKey(keys, "groq")).toBe(true);
  expect(system.kept.size).toBe(0);
});

it("keeps what it cannot delete, and says why", async () => {
  const keys = await context();
  await storeKey(keys, "groq", CANARY, {});
  system.failure = "locked";
  await expect(deleteKey(keys, "groq")).rejects.toMatchObject({ code: "keyring_unavailable" });
  system.failure = "";
  expect(await reveal(keys)).toBe(CANARY);
});

it.each([
  ["fails", { failure: "locked" }, "locked"],
  ["forgets", { forgets: true }, "did not keep"],
])("a keyring that %s is not used, and the caller learns why", async (_, trouble, why) => {
  Object.assign(system, trouble);
  const keys = await context();
  const stored = await storeKey(keys, "groq", CANARY, {});
  expect(stored).toEqual({ store: "file", why: expect.stringContaining(why) });
  await expect(storeKey(keys, "groq", CANARY, { store: "keyring" })).rejects.toMatchObject({
    code: "keyring_unavailable",
  });
  expect(await reveal(keys)).toBe(CANARY);
});

it("a key that the keyring does not give is no key, with one warning", async () => {
  const keys = await context();
  await storeKey(keys, "groq", CANARY, {});
  system.failure = "locked";
  const findKey = createFindKey(keys);
  expect(await findKey(groq)).toBeUndefined();
  expect(await findKey(groq)).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining("locked")]);
  system.failure = "";
  system.kept.clear();
  expect(await reveal(keys)).toBeUndefined();
  expect(warnings.at(-1)).toContain("no longer in the keyring");
});
