import { jsonOrText } from "../../config/json-or-text.ts";
import { withoutValue, withValue } from "../../config/key-path.ts";
import { settingAllows } from "../../config/settings.ts";
import { allowedText, SETTING_NAMES, type SettingRow, settingRow } from "../../config/settings-table.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import { PARAM_NAMES } from "../../core/params.ts";
import { Problem } from "../../core/problem.ts";
import type { Profile } from "../../core/profile.ts";

/** `key=value` as typed; no value stands for removing the key. */
export interface Assignment {
  readonly key: string;
  readonly text: string | undefined;
}

/** Keys of a profile's document that can be set by name, by type of profile. */
const OWN_KEYS: Readonly<Record<Profile["type"], readonly string[]>> = {
  model: ["context_limit", "system"],
  loadbalancer: ["context_limit", "zone", "min_tier"],
};

/** Reads `key=value`. `where` names the flag or argument in the `Problem` for a text without `=`. */
export function parseAssignment(word: string, where: string): Assignment {
  const at = word.indexOf("=");
  const key = word.slice(0, at).trim();
  if (at < 1 || key === "") {
    throw new Problem(
      "usage",
      "assignment_malformed",
      `${where}: ${JSON.stringify(word)} has to be key=value`,
      "for example temperature=0.2",
    );
  }
  return { key, text: word.slice(at + 1) };
}

/**
 * The document with a value set or removed: a setting, `zone`, `min_tier`, `context_limit`, `system` or `params.KEY`.
 * Throws a usage `Problem` that names the key and what is allowed.
 */
export function assign(document: JsonObject, type: Profile["type"], { key, text }: Assignment): JsonObject {
  const path = placeOf(key, type);
  if (text === undefined) return withoutValue(document, path);
  const value = key === "system" ? text : jsonOrText(text);
  const row = path[0] === "settings" ? settingRow(key) : undefined;
  if (row !== undefined) checkSetting(row, value);
  return withValue(document, path, value);
}

function placeOf(key: string, type: Profile["type"]): readonly string[] {
  if (key.startsWith("params.") && key.length > "params.".length)
    return ["params", key.slice("params.".length)];
  if (OWN_KEYS[type].includes(key)) return [key];
  const isSetting = settingRow(key) !== undefined;
  if (isSetting && type === "loadbalancer") return ["settings", key];
  throw noSuchKey(key, type, isSetting || Object.values(OWN_KEYS).flat().includes(key));
}

function noSuchKey(key: string, type: Profile["type"], ofTheOther: boolean): Problem {
  const kind = type === "model" ? "model profile" : "load balancer";
  const known = [...OWN_KEYS[type], ...(type === "loadbalancer" ? SETTING_NAMES : [])];
  const params: readonly string[] = PARAM_NAMES;
  if (params.includes(key)) {
    return new Problem("usage", "key_unknown", `${key} is a request parameter`, `write params.${key}=…`);
  }
  const message = ofTheOther
    ? `${key} is no key of a ${kind}`
    : `${key}: a ${kind} has no such key${didYouMean(key, known)}`;
  return new Problem("usage", "key_unknown", message, `there are: ${[...known, "params.KEY"].join(", ")}`);
}

function checkSetting(row: SettingRow, value: Json): void {
  if (settingAllows(row, value)) return;
  throw new Problem(
    "usage",
    "value_invalid",
    `${row.name}: has to be ${allowedText(row)}, not ${JSON.stringify(value)}`,
  );
}
