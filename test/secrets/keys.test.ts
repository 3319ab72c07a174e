import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveBackend } from "../../src/backends/resolve.ts";
import type { Backend } from "../../src/core/backend.ts";
import { Problem } from "../../src/core/problem.ts";
import { redact } from "../../src/core/text.ts";
import {
  createFindKey,
  type KeysContext,
  keyProblem,
  locateKey,
  storedKeys,
} from "../../src/secrets/keys.ts";
import { knownSecrets } from "../../src/secrets/secret.ts";
import { deleteKey, listKeys, storeKey } from "../../src/secrets/store-key.ts";

const CANARY = "sk-canary-7f3a9c51e2";

let dir: string;
let warnings: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "nexus-keys-"));
  warnings = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function context(env: Record<string, string> = {}): KeysContext & { paths: { secretsFile: string } } {
  return {
    env: { NEXUS_KEYRING: "file", ...env },
    paths: { secretsFile: join(dir, "config", "secrets.json"), stateDir: join(dir, "state") },
    warn: (message) => warnings.push(message),
  };
}

const groq = resolveBackend("groq", { type: "openai", url: "https://api.groq.com/openai/v1" }, "configured");
const google = resolveBackend("google", { type: "google" }, "configured");

async function reveal(backend: Backend, keys: KeysContext): Promise<string | undefined> {
  return (await createFindKey(keys)(backend))?.reveal();
}

describe("finding keys", () => {
  it("A002-24 reads the provider's variable, the first that is set", async () => {
    expect(await reveal(groq, context({ GROQ_API_KEY: CANARY }))).toBe(CANARY);
    expect(await reveal(google, context({ GOOGLE_API_KEY: "second" }))).toBe("second");
    expect(await reveal(google, context({ GOOGLE_API_KEY: "second", GEMINI_API_KEY: "first" }))).toBe(
      "first",
    );
  });

  it("a server that announced itself gets no key, whatever it is called", async () => {
    await storeKey(context(), "ollama", CANARY, {});
    const ollama = (source: Backend["source"]) =>
      resolveBackend("ollama", { type: "ollama", url: "http://192.168.1.9:11434" }, source);
    expect(await reveal(ollama("configured"), context())).toBe(CANARY);
    expect(await reveal(ollama("announced"), context())).toBeUndefined();
  });

  it("an empty variable is not set", async () => {
    expect(await reveal(groq, context({ GROQ_API_KEY: "  " }))).toBeUndefined();
    expect(await reveal(google, context({ GEMINI_API_KEY: "", GOOGLE_API_KEY: "second" }))).toBe("second");
  });

  it("the environment wins over a stored key, the stored key serves without it", async () => {
    await storeKey(context(), "groq", "stored-key", {});
    expect(await reveal(groq, context())).toBe("stored-key");
    expect(await reveal(groq, context({ GROQ_API_KEY: "from-env" }))).toBe("from-env");
  });

  it("api_key_ref names the stored key", async () => {
    await storeKey(context(), "team", "team-key", {});
    const box = resolveBackend("box", { type: "vllm", api_key_ref: "team" }, "configured");
    expect(await reveal(box, context())).toBe("team-key");
  });

  it("takes the white space around a key away", async () => {
    expect(await reveal(groq, context({ GROQ_API_KEY: ` ${CANARY}\r\n` }))).toBe(CANARY);
  });

  it("A001-05 a key that cannot stand in a header is no key, and the warning does not repeat it", async () => {
    expect(await reveal(groq, context({ GROQ_API_KEY: "sk-a\nx-evil: b" }))).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("GROQ_API_KEY")]);
    expect(warnings.join()).not.toContain("evil");
  });

  it("a stored key is sent to no other origin than the one it was given for", async () => {
    await storeKey(context(), "groq", CANARY, { origin: "https://api.groq.com" });
    expect(await reveal(groq, context())).toBe(CANARY);
    const moved = { ...groq, url: "https://elsewhere.example.com/v1" };
    expect(await reveal(moved, context())).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("https://api.groq.com")]);
  });

  it("A001-03 the text for a missing key names backend and variables", () => {
    expect(keyProblem(groq, { at: "missing" })).toBe('backend "groq" has no key (GROQ_API_KEY is not set)');
    expect(keyProblem(google, { at: "missing" })).toContain("GEMINI_API_KEY and GOOGLE_API_KEY are not set");
  });

  it("tells a backend that lacks a key from one that needs none", async () => {
    const vault = await storedKeys(context());
    const local = resolveBackend("ollama", { type: "ollama" }, "configured");
    expect(locateKey(groq, {}, vault).at).toBe("missing");
    expect(locateKey(local, {}, vault).at).toBe("none");
  });

  it("a broken file of keys is told, not thrown, when a run needs a key", async () => {
    await storeKey(context(), "groq", CANARY, {});
    await writeFile(context().paths.secretsFile, `{"keys": ${CANARY}`);
    expect(await reveal(groq, context())).toBeUndefined();
    expect(warnings.join()).toContain("secrets.json");
    expect(warnings.join()).not.toContain(CANARY);
  });
});

describe("a secret", () => {
  it("A001-05 shows itself in no printout", async () => {
    const secret = await createFindKey(context({ GROQ_API_KEY: CANARY }))(groq);
    const shown = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }),
    ].join();
    expect(shown).not.toContain(CANARY);
    expect(shown).toContain("[redacted]");
  });

  it("A001-05 is known to whoever redacts text", async () => {
    await createFindKey(context({ GROQ_API_KEY: CANARY }))(groq);
    expect(redact(`Bearer ${CANARY} was refused`, knownSecrets())).toBe("Bearer [redacted] was refused");
  });

  it("has a fingerprint that lasts, tells keys apart and differs between installations", async () => {
    const fingerprint = async (key: string, keys = context({ GROQ_API_KEY: key })) =>
      (await createFindKey(keys)(groq))?.fingerprint;
    const first = await fingerprint(CANARY);
    expect(await fingerprint(CANARY)).toBe(first);
    expect(await fingerprint("another-key")).not.toBe(first);
    const elsewhere = {
      ...context({ GROQ_API_KEY: CANARY }),
      paths: { secretsFile: "/none", stateDir: join(dir, "b") },
    };
    expect(await fingerprint(CANARY, elsewhere)).not.toBe(first);
    expect(first).not.toContain("canary");
  });

  it("works where the state directory cannot be made", async () => {
    await writeFile(join(dir, "file"), "");
    const keys = {
      ...context({ GROQ_API_KEY: CANARY }),
      paths: { secretsFile: "/none", stateDir: join(dir, "file", "s") },
    };
    expect(await reveal(groq, keys)).toBe(CANARY);
  });
});

describe("the file of keys", () => {
  it("T19 is readable by its owner only and leaves nothing beside it", async () => {
    const { store } = await storeKey(context(), "groq", CANARY, {});
    expect(store).toBe("file");
    const { secretsFile } = context().paths;
    expect((await stat(secretsFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, "config"))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(dir, "config"))).toEqual(["secrets.json"]);
  });

  it("a mode that lets others read is repaired and told", async () => {
    await storeKey(context(), "groq", CANARY, {});
    const { secretsFile } = context().paths;
    await chmod(secretsFile, 0o644);
    expect(await reveal(groq, context())).toBe(CANARY);
    expect((await stat(secretsFile)).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([expect.stringContaining("644")]);
  });

  it("a symlink stays one", async () => {
    const keys = context();
    await storeKey(keys, "groq", "old", {});
    const real = join(dir, "real.json");
    await writeFile(real, await readFile(keys.paths.secretsFile), { mode: 0o600 });
    await rm(keys.paths.secretsFile);
    await symlink(real, keys.paths.secretsFile);
    await storeKey(keys, "groq", CANARY, {});
    expect(await readFile(real, "utf8")).toContain(CANARY);
    expect(await reveal(groq, keys)).toBe(CANARY);
  });

  it("keeps every key when many are stored at once", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `k${index}`);
    await Promise.all(names.map((name) => storeKey(context(), name, `key-${name}`, {})));
    expect([...(await listKeys(context())).keys()].sort()).toEqual(names);
  });

  it("is never overwritten while it is broken", async () => {
    const keys = context();
    await storeKey(keys, "groq", CANARY, {});
    await writeFile(keys.paths.secretsFile, "{");
    await expect(storeKey(keys, "other", "key", {})).rejects.toBeInstanceOf(Problem);
    expect(await readFile(keys.paths.secretsFile, "utf8")).toBe("{");
  });

  it("a directory that cannot be made is a problem that names what is in the way", async () => {
    await writeFile(join(dir, "file"), "");
    const secretsFile = join(dir, "file", "secrets.json");
    const keys = { ...context(), paths: { secretsFile, stateDir: dir } };
    await expect(storeKey(keys, "groq", CANARY, {})).rejects.toMatchObject({
      kind: "io",
      message: expect.stringContaining(`${join(dir, "file")}: `),
    });
  });

  it("lists names and stores without the keys", async () => {
    await storeKey(context(), "groq", CANARY, { origin: "https://api.groq.com" });
    const listed = await listKeys(context());
    expect(listed.get("groq")).toMatchObject({ store: "file", origin: "https://api.groq.com" });
    expect(JSON.stringify([...listed])).not.toContain(CANARY);
  });

  it("deletes a key, and says when there was none", async () => {
    await storeKey(context(), "groq", CANARY, {});
    expect(await deleteKey(context(), "groq")).toBe(true);
    expect(await deleteKey(context(), "groq")).toBe(false);
    expect(await readFile(context().paths.secretsFile, "utf8")).not.toContain(CANARY);
  });

  it.each(["", "   ", "two words", "tab\tin", "caf\u00e9", "\u0007bell"])(
    "refuses %j as a key",
    async (text) => {
      await expect(storeKey(context(), "groq", text, {})).rejects.toMatchObject({ code: "key_invalid" });
      expect(await listKeys(context())).toEqual(new Map());
    },
  );
});

it("S5 a lock that cannot be made is told at once, not after the wait for other processes", async () => {
  const keys = context();
  // The longest name a file can have leaves no room for its lock's, whoever runs this.
  const secretsFile = join(dir, "x".repeat(255));
  await expect(
    storeKey({ ...keys, paths: { ...keys.paths, secretsFile } }, "groq", CANARY, {}),
  ).rejects.toMatchObject({ code: "file_unwritable" });
}, 2000);
