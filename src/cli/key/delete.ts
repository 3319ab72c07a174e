import { presetBackend } from "../../backends/presets.ts";
import type { Configuration } from "../../config/load.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { deleteKey, listKeys } from "../../secrets/store-key.ts";
import type { CommandContext, Env } from "../app.ts";
import { confirmed } from "../asking/confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { print, warn } from "../output/print.ts";
import { openConfiguration } from "../wiring.ts";

/** `nexus key delete NAME` */
export async function removeKey(
  context: CommandContext,
  name: string,
  flags: { force?: boolean },
): Promise<number> {
  const { env } = context.app;
  const configuration = await openConfiguration(context);
  const keys = { env, paths: configuration.paths, warn: (message: string) => warn(context, message) };
  const stored = await listKeys(keys);
  if (!stored.has(name)) throw notStored(configuration, env, name, stored.keys());
  if (!flags.force && !(await confirmed(context, `Delete the stored key "${name}"?`))) return EXIT.ok;
  await deleteKey(keys, name);
  await print(context.app, `deleted the key ${name}\n`);
  const users = [...configuration.backends.values()].filter(({ key }) => key.ref === name);
  for (const { name: backend } of users) {
    warn(context, `backend "${backend}" still names it; nexus backend edit ${backend} --unset api_key_ref`);
  }
  return EXIT.ok;
}

function notStored({ backends }: Configuration, env: Env, name: string, stored: Iterable<string>): Problem {
  const variables = (backends.get(name) ?? presetBackend(name))?.key.env ?? [];
  const variable = variables.find((one) => (env[one] ?? "").trim() !== "");
  const message = `no key "${name}" is stored${didYouMean(name, stored)}`;
  const hint =
    variable === undefined ? "`nexus key list` shows what there is" : `its key comes from ${variable}`;
  return new Problem("not-found", "key_not_found", message, hint);
}
