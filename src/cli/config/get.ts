import { formatPath, parsePath, valueAt } from "../../config/key-path.ts";
import { readObject } from "../../config/parse-json.ts";
import { resolvePaths } from "../../config/paths.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { print, printJson } from "../output/print.ts";

/** `config get KEY`: what the file says, not what holds without it. */
export async function getKey(
  context: CommandContext,
  { json }: JsonFlag,
  [key = ""]: readonly string[],
): Promise<number> {
  const { app, globals } = context;
  const { configFile } = resolvePaths(globals, app.env);
  const document = (await readObject(configFile)) ?? {};
  const path = parsePath(key, document);
  const value = valueAt(document, path);
  if (value === undefined) {
    throw new Problem("not-found", "config_key_unset", `${configFile}: ${formatPath(path)} is not set`);
  }
  if (json || typeof value === "object") await printJson(app, value);
  else await print(app, `${value}\n`);
  return EXIT.ok;
}
