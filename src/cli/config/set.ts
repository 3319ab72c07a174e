import { jsonOrText } from "../../config/json-or-text.ts";
import {
  formatPath,
  type KeyPath,
  parsePath,
  valueAt,
  withoutValue,
  withValue,
} from "../../config/key-path.ts";
import { misreadModel } from "../../config/misread.ts";
import { resolvePaths } from "../../config/paths.ts";
import { loadProfiles } from "../../config/profiles.ts";
import { settingAllows } from "../../config/settings.ts";
import { allowedText, settingRow } from "../../config/settings-table.ts";
import { updateConfig } from "../../config/store.ts";
import { checkConfig } from "../../config/validate.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note, warn } from "../output/print.ts";
import { defaultProblems } from "../profile/check.ts";

/** `config set KEY VALUE`. */
export async function setKey(
  context: CommandContext,
  [key = "", text = ""]: readonly string[],
): Promise<number> {
  return change(context, key, (document, path, file) => {
    const value = jsonOrText(text);
    checkSetting(path, value);
    checkModel(path);
    const asJson = withValue(document, path, value);
    // A text that happens to be JSON (a profile called 7) is meant as text where only a text fits.
    const asText = withValue(document, path, text);
    return isValid(asJson, file) || !isValid(asText, file) ? asJson : asText;
  });
}

/** `config unset KEY`. */
export async function unsetKey(context: CommandContext, [key = ""]: readonly string[]): Promise<number> {
  return change(context, key, (document, path, file) => {
    if (valueAt(document, path) === undefined) {
      throw new Problem("not-found", "config_key_unset", `${file}: ${formatPath(path)} is not set`);
    }
    return withoutValue(document, path);
  });
}

async function change(
  context: CommandContext,
  key: string,
  work: (document: JsonObject, path: KeyPath, file: string) => JsonObject,
): Promise<number> {
  const paths = resolvePaths(context.globals, context.app.env);
  const profiles = await loadProfiles(paths);
  const warnings: string[] = [];
  await updateConfig(paths, (document) => {
    const path = parsePath(key, document);
    const changed = work(document, path, paths.configFile);
    const checked = checkConfig(changed, paths.configFile);
    warnings.push(...checked.warnings);
    if (path[0] === "default_profile") warnings.push(...defaultProblems(checked, profiles));
    return changed;
  });
  for (const text of warnings) warn(context, text);
  note(context, `saved ${paths.configFile}`);
  return EXIT.ok;
}

/** On load a setting of the wrong type is a warning; nobody is to write one. */
function checkSetting(path: KeyPath, value: Json): void {
  const [section, settings, name = "", ...more] = path;
  if (section !== "routing" || settings !== "settings" || more.length > 0) return;
  const row = settingRow(name);
  if (row === undefined || settingAllows(row, value)) return;
  throw new Problem(
    "usage",
    "value_invalid",
    `${formatPath(path)}: has to be ${allowedText(row)}, not ${JSON.stringify(value)}`,
  );
}

/** The dots of `gpt-4.1` would end its name. */
function checkModel(path: KeyPath): void {
  const meant = misreadModel(path);
  if (meant === undefined) return;
  const said = path.join(".");
  throw new Problem(
    "usage",
    "key_malformed",
    `${said} is no key: a model with a dot stands in quotes`,
    `write '${formatPath(meant)}'`,
  );
}

function isValid(document: JsonObject, file: string): boolean {
  try {
    checkConfig(document, file);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
