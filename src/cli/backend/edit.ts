import { loadConfiguration } from "../../config/load.ts";
import { updateConfig } from "../../config/store.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { canAsk } from "../asking/confirm.ts";
import type { EditFlags } from "../commands/backend.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { forgetBackends } from "../status/clear.ts";
import { openWorld, type World } from "../wiring.ts";
import { findBackend } from "./find.ts";
import { mergeRecords, recordFromFlags, recordsIn, withRecord } from "./record.ts";
import { report } from "./report.ts";

const KEYS = [
  "url",
  "api_key_env",
  "api_key_ref",
  "zone",
  "tier",
  "priority",
  "max_concurrent",
  "models",
  "probe",
  "timeouts",
  "headers",
];

/** `nexus backend edit NAME` */
export async function editBackend(context: CommandContext, name: string, flags: EditFlags): Promise<number> {
  const changes = recordFromFlags(flags);
  const gone = (flags.unset ?? []).map(unsetKey);
  const world = await openWorld(context, { detect: true });
  try {
    mustBeConfigured(world, name);
    const { paths } = world.configuration;
    const save = (change: (record: JsonObject) => JsonObject) =>
      updateConfig(paths, (config) => withRecord(config, name, change(recordOf(config, name))));
    if (Object.keys(changes).length > 0 || gone.length > 0) {
      await save((record) => without(mergeRecords(record, changes), gone));
    } else if (!(await editedByHand(context, world, name, save))) {
      note(context, "nothing was changed");
      return EXIT.ok;
    }
    const written = (await loadConfiguration(paths, context.app.env)).backends.get(name);
    if (written === undefined) throw new TypeError("the backend that was written is not there");
    await report(context, world, written, "changed");
    await forgetBackends(context, paths.stateDir, [name]);
    return EXIT.ok;
  } finally {
    await world.close();
  }
}

function mustBeConfigured({ configuration, catalog }: World, name: string): void {
  if (configuration.backends.has(name)) return;
  const { source } = findBackend(catalog, name);
  const message = `the backend "${name}" is not configured; it is ${source === "preset" ? "built in" : "found by itself"}`;
  throw new Problem(
    "not-found",
    "backend_not_configured",
    message,
    `configure it first: nexus backend add ${name}`,
  );
}

/** The record as it stands at the moment of the change: another process may have been here. */
function recordOf(config: JsonObject, name: string): JsonObject {
  const record = recordsIn(config)[name];
  if (isJsonObject(record)) return record;
  throw new Problem("not-found", "backend_not_found", `the backend "${name}" was removed meanwhile`);
}

function without(record: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

function unsetKey(key: string): string {
  if (KEYS.includes(key)) return key;
  const message = `--unset: a backend has no key "${key}" that could go${didYouMean(key, KEYS)}`;
  throw new Problem("usage", "bad_key", message, `keys are ${KEYS.join(", ")}`);
}

/** Opens the record in an editor and saves what came of it. False when it was left as it was. */
async function editedByHand(
  context: CommandContext,
  { configuration }: World,
  name: string,
  save: (change: () => JsonObject) => Promise<void>,
): Promise<boolean> {
  if (!canAsk(context)) {
    const hint = "say what to change with flags; --help lists them";
    throw new Problem(
      "usage",
      "no_flags",
      "nothing to change was named, and an editor needs a terminal",
      hint,
    );
  }
  const { readObject, parseObject } = await import("../../config/parse-json.ts");
  const { editText } = await import("../asking/editor.ts");
  const { configFile } = configuration.paths;
  const record = recordOf((await readObject(configFile)) ?? {}, name);
  return editText(context, `${name}.json`, `${JSON.stringify(record, null, 2)}\n`, async (text) => {
    const edited = await parseObject(text, `what you wrote for "${name}"`);
    await save(() => edited);
  });
}
