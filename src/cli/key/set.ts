import { PRESETS, presetBackend } from "../../backends/presets.ts";
import type { Configuration } from "../../config/load.ts";
import { updateConfig } from "../../config/store.ts";
import type { Backend } from "../../core/backend.ts";
import { isJsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import { storeKey } from "../../secrets/store-key.ts";
import type { CommandContext } from "../app.ts";
import { noSuchBackend } from "../backend/find.ts";
import { mergeRecords, recordsIn, withRecord } from "../backend/record.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print, warn } from "../output/print.ts";
import { forgetBackends } from "../status/clear.ts";
import { openConfiguration } from "../wiring.ts";
import { readKey } from "./read-key.ts";

/** `nexus key set NAME` */
export async function setKey(
  context: CommandContext,
  name: string,
  flags: { store?: "keyring" | "file" },
): Promise<number> {
  const users = usersIn(await openConfiguration(context), name);
  const text = await readKey(context, name);
  const where = await keepKey(context, name, text, flags);
  await print(context.app, `stored the key for ${name} in ${where}\n`);
  const { env } = context.app;
  const variable = users[0]?.key.env.find((one) => (env[one] ?? "").trim() !== "");
  if (variable !== undefined) note(context, `${variable} is set and comes first`);
  return EXIT.ok;
}

/** Stores a key, makes its backend name it, and says where it is. Throws a `Problem` for one that cannot be stored. */
export async function keepKey(
  context: CommandContext,
  name: string,
  text: string,
  flags: { store?: "keyring" | "file" },
): Promise<string> {
  const { env } = context.app;
  const configuration = await openConfiguration(context);
  const users = usersIn(configuration, name);
  const keys = { env, paths: configuration.paths, warn: (message: string) => warn(context, message) };
  const origins = new Set(users.map(({ url }) => new URL(url).origin));
  const [origin] = origins;
  const { store, why } = await storeKey(keys, name, text, {
    ...flags,
    // A key that several addresses share by name is bound to none of them.
    ...(origins.size === 1 && origin !== undefined ? { origin } : {}),
  });
  if (why !== undefined) note(context, `the keyring could not be used: ${why}`);
  const where = store === "keyring" ? "the keyring" : configuration.paths.secretsFile;
  await referTo(configuration, name);
  const backends = users.map((backend) => backend.name);
  await forgetBackends(context, configuration.paths.stateDir, backends);
  return where;
}

function usersIn(configuration: Configuration, name: string): readonly Backend[] {
  const users = usersOf(configuration, name);
  if (users.length > 0) return users;
  throw noSuchBackend(name, [...configuration.backends.keys(), ...Object.keys(PRESETS)]);
}

/** The backends that use a stored key of this name. */
function usersOf({ backends, presetsEnabled }: Configuration, name: string): readonly Backend[] {
  const users = [...backends.values()].filter(({ key, name: own }) => (key.ref ?? own) === name);
  const preset = presetsEnabled && !backends.has(name) ? presetBackend(name) : undefined;
  return users.length > 0 || preset === undefined ? users : [preset];
}

/** A configured backend that named no key so far names this one. */
async function referTo({ backends, paths }: Configuration, name: string): Promise<void> {
  const backend = backends.get(name);
  if (backend === undefined || backend.key.env.length > 0 || backend.key.ref !== undefined) return;
  await updateConfig(paths, (config) => {
    const record = recordsIn(config)[name];
    if (!isJsonObject(record))
      throw new Problem("not-found", "backend_not_found", `"${name}" was removed meanwhile`);
    return withRecord(config, name, mergeRecords(record, { api_key_ref: name }));
  });
}
