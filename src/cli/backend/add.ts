import { resolveBackend } from "../../backends/resolve.ts";
import { isSameServer } from "../../backends/url.ts";
import { loadConfiguration } from "../../config/load.ts";
import { nameFault } from "../../config/names.ts";
import type { Paths } from "../../config/paths.ts";
import { updateConfig } from "../../config/store.ts";
import { checkConfig } from "../../config/validate.ts";
import type { Backend, BackendType } from "../../core/backend.ts";
import type { JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { confirmed } from "../asking/confirm.ts";
import type { AddFlags } from "../commands/backend.ts";
import { EXIT } from "../exit-codes.ts";
import { keepKey } from "../key/set.ts";
import { note } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import { forgetBackends } from "../status/clear.ts";
import { openWorld, type World } from "../wiring.ts";
import { findType } from "./find-type.ts";
import { recordFromFlags, typeFlag, withRecord } from "./record.ts";
import { report } from "./report.ts";
import { readTarget, type Target } from "./target.ts";
import { tryBackend } from "./try-out.ts";
import { exitCodeOfFailures } from "./verdict.ts";

/** Adds the backend that these words name, with a key that was typed for it. Returns the exit code. */
export async function addBackend(
  context: CommandContext,
  text: string,
  flags: AddFlags,
  key?: string,
): Promise<number> {
  const stated = recordFromFlags(flags);
  const target = readTarget(text, context.app.env);
  const world = await openWorld(context);
  try {
    const { backends, paths } = world.configuration;
    const type = await typeOf(context, world, target, flags);
    const name = nameFor(backends, target, type, flags);
    const replaces = backends.has(name);
    const may =
      !replaces || flags.force || (await confirmed(context, `There is a backend "${name}". Replace it?`));
    if (!may) return EXIT.ok;
    const record = recordOf(target, type, stated);
    if (flags.test) {
      const failure = await tryBackend(context, world, draft(paths, name, record), world.findKey);
      if (failure !== undefined) {
        note(context, "nothing was added");
        return exitCodeOfFailures([failure]);
      }
    }
    await updateConfig(paths, (config) => withRecord(config, name, record));
    if (key !== undefined) await keepKey(context, name, key, {});
    const written = (await loadConfiguration(paths, context.app.env)).backends.get(name);
    if (written === undefined) throw new TypeError("the backend that was written is not there");
    await report(context, world, written, replaces ? "replaced" : "added");
    if (replaces) await forgetBackends(context, paths.stateDir, [name]);
    return EXIT.ok;
  } finally {
    await world.close();
  }
}

function recordOf(target: Target, type: BackendType, stated: JsonObject): JsonObject {
  return { type, ...(target.url === undefined ? {} : { url: target.url }), ...stated };
}

/** The backend as it would be. Throws a `Problem` for one that is not valid. */
function draft(paths: Paths, name: string, record: JsonObject): Backend {
  const made = checkConfig(withRecord({}, name, record), paths.configFile).backends.get(name);
  if (made === undefined) throw new TypeError("a record makes a backend");
  return made;
}

/** The backend that `addBackend` would add. Throws a `Problem` for one that is not valid. */
export function draftOf(
  { configuration }: World,
  target: Target,
  type: BackendType,
  flags: AddFlags & { readonly name: string },
): Backend {
  return draft(configuration.paths, flags.name, recordOf(target, type, recordFromFlags(flags)));
}

/** The stated type, else what the server at the address proves to be. Throws a `Problem` where it proves nothing. */
export async function typeOf(
  context: CommandContext,
  { upstream }: World,
  target: Target,
  flags: AddFlags,
): Promise<BackendType> {
  const stated = typeFlag(flags.type) ?? target.type;
  if (stated !== undefined) return stated;
  const label = flags.name ?? target.url ?? "";
  // Whoever listens there: what holds for a private address holds before its type is known.
  const { url, zone } = resolveBackend(
    label,
    { type: "generic", url: target.url, zone: flags.zone },
    "configured",
  );
  return waiting(context, `asking ${url} what it is`, findType(upstream.get, url, zone));
}

function nameFor(
  backends: ReadonlyMap<string, Backend>,
  target: Target,
  type: BackendType,
  flags: AddFlags,
): string {
  if (flags.name !== undefined) {
    const fault = nameFault(flags.name);
    if (fault === undefined) return flags.name;
    throw new Problem("usage", "backend_name_invalid", `--name ${JSON.stringify(flags.name)}: ${fault}`);
  }
  const { url } = resolveBackend(type, { type, url: target.url }, "configured");
  const twin = [...backends.values()].find((backend) => isSameServer(backend.url, url));
  if (twin !== undefined && flags.force) return twin.name;
  if (twin !== undefined) {
    const message = `the backend "${twin.name}" already has the address ${url}`;
    throw new Problem(
      "usage",
      "backend_exists",
      message,
      "--force replaces it, --name adds another beside it",
    );
  }
  return freeName(target.name ?? type, backends);
}

/** A name that no backend has, made from this one. */
export function freeName(stem: string, backends: ReadonlyMap<string, Backend>): string {
  let name = stem;
  for (let count = 2; backends.has(name); count++) name = `${stem}-${count}`;
  return name;
}
