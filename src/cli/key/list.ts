import { presetBackends } from "../../backends/presets.ts";
import { listKeys } from "../../secrets/store-key.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note, printJson, table, warn } from "../output/print.ts";
import { openConfiguration } from "../wiring.ts";

interface Row {
  readonly name: string;
  /** `env`, `keyring` or `file`. */
  readonly source: string;
  readonly variable?: string;
  readonly origin?: string;
  readonly savedAt?: string;
}

/** `nexus key list` */
export async function showKeys(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { env } = context.app;
  const configuration = await openConfiguration(context);
  const stored = await listKeys({
    env,
    paths: configuration.paths,
    warn: (message) => warn(context, message),
  });
  const presets = configuration.presetsEnabled ? presetBackends() : [];
  const backends = new Map([...presets, ...configuration.backends.values()].map((one) => [one.name, one]));
  const fromEnv: Row[] = [...backends.values()].flatMap(({ name, key }) => {
    const variable = key.env.find((one) => (env[one] ?? "").trim() !== "");
    return variable === undefined ? [] : [{ name, source: "env", variable }];
  });
  const kept: Row[] = [...stored].map(([name, { store: source, origin, saved_at: savedAt }]) => {
    return { name, source, savedAt, ...(origin === undefined ? {} : { origin }) };
  });
  const rows = [...fromEnv, ...kept];
  if (flags.json) await printJson(context.app, rows.map(rowJson));
  else await table(context.app, rows.map(rowText), ["NAME", "SOURCE", "FOR"]);
  if (rows.length === 0) note(context, "no key is stored, and no provider's variable is set");
  return EXIT.ok;
}

function rowText({ name, source, variable, origin }: Row): readonly string[] {
  return [name, variable === undefined ? source : `${source} ${variable}`, origin ?? "-"];
}

function rowJson({ name, source, variable, origin, savedAt }: Row) {
  return { name, source, variable: variable ?? null, origin: origin ?? null, saved_at: savedAt ?? null };
}
