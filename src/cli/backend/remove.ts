import { updateConfig } from "../../config/store.ts";
import { Problem } from "../../core/problem.ts";
import { listKeys } from "../../secrets/store-key.ts";
import type { CommandContext } from "../app.ts";
import { confirmed } from "../asking/confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print } from "../output/print.ts";
import { forgetBackends } from "../status/clear.ts";
import { openConfiguration } from "../wiring.ts";
import { noSuchBackend } from "./find.ts";
import { withRecord } from "./record.ts";

/** `nexus backend remove NAME` */
export async function removeBackend(
  context: CommandContext,
  name: string,
  flags: { force?: boolean },
): Promise<number> {
  const configuration = await openConfiguration(context);
  const backend = configuration.backends.get(name);
  if (backend === undefined) throw await notConfigured(name, configuration.backends.keys());
  const users = await profilesThatUse(configuration.paths, name);
  const used = users.length === 0 ? "" : `; profiles that use it: ${users.join(", ")}`;
  if (!flags.force && !(await confirmed(context, `Remove the backend "${name}"${used}?`))) return EXIT.ok;
  await updateConfig(configuration.paths, (config) => withRecord(config, name, undefined));
  await print(context.app, `removed ${name}\n`);
  await forgetBackends(context, configuration.paths.stateDir, [name]);
  if (users.length > 0) note(context, `profiles that still name it: ${users.join(", ")}`);
  const key = backend.key.ref ?? name;
  if ((await listKeys({ env: context.app.env, paths: configuration.paths })).has(key)) {
    note(context, `its key is still stored: nexus key delete ${key}`);
  }
  return EXIT.ok;
}

async function notConfigured(name: string, configured: Iterable<string>): Promise<Problem> {
  const { presetBackend } = await import("../../backends/presets.ts");
  if (presetBackend(name) === undefined) return noSuchBackend(name, configured);
  const message = `the backend "${name}" is built in and not configured, so that it cannot be removed`;
  return new Problem(
    "not-found",
    "backend_not_configured",
    message,
    "`nexus config set presets false` turns all of them off",
  );
}

async function profilesThatUse(
  paths: Parameters<typeof updateConfig>[0],
  backend: string,
): Promise<readonly string[]> {
  const { loadProfiles } = await import("../../config/profiles.ts");
  const profiles = await loadProfiles(paths);
  return profiles.names().filter((name) => {
    const found = profiles.lookup(name);
    return found.found && found.profile.type === "model" && found.profile.backend === backend;
  });
}
