import { formatPath, type KeyPath } from "../../config/key-path.ts";
import { readObject } from "../../config/parse-json.ts";
import { resolvePaths } from "../../config/paths.ts";
import { checkConfig } from "../../config/validate.ts";
import { isJsonObject, type Json } from "../../core/json.ts";
import type { CommandContext } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, table } from "../output/print.ts";

/** `config list`. */
export async function listKeys(context: CommandContext, { json }: JsonFlag): Promise<number> {
  const { app, globals } = context;
  const { configFile } = resolvePaths(globals, app.env);
  const document = (await readObject(configFile)) ?? {};
  // What is not valid may hold a key, which is not to be printed.
  checkConfig(document, configFile);
  if (json) await printJson(app, document);
  else await table(app, leaves(document), ["KEY", "VALUE"]);
  return EXIT.ok;
}

function leaves(value: Json, path: KeyPath = []): readonly (readonly string[])[] {
  if (isJsonObject(value) && (path.length === 0 || Object.keys(value).length > 0)) {
    return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]));
  }
  return [[formatPath(path), typeof value === "string" ? value : JSON.stringify(value)]];
}
