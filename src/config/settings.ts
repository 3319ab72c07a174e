import * as z from "zod/mini";
import { isObject, type Json } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { DEFAULT_SETTINGS, type Settings } from "../core/settings.ts";
import { allowedText, defaultText, SETTING_NAMES, type SettingRow, settingRow } from "./settings-table.ts";

/**
 * The usable ones of stated settings. A wrong type or an unknown name never stops anything: it is a warning, and what
 * held before holds. `place` makes of a setting's name what the user wrote, for the warnings; `instead` says what holds.
 */
export function statedSettings(
  stated: unknown,
  place: (name: string) => string,
  instead = (row: SettingRow) => `the default (${defaultText(row)}) holds`,
): { settings: Partial<Settings>; warnings: readonly string[] } {
  if (stated === undefined) return { settings: {}, warnings: [] };
  if (!isObject(stated)) return { settings: {}, warnings: ["settings: has to be an object, ignored"] };
  const warnings: string[] = [];
  const good: [string, unknown][] = [];
  for (const [name, value] of Object.entries(stated)) {
    const row = settingRow(name);
    if (row === undefined) {
      warnings.push(`${place(name)}: no such setting${didYouMean(name, SETTING_NAMES)}, ignored`);
    } else if (!settingSchema(row).safeParse(value).success) {
      warnings.push(
        `${place(name)}: has to be ${allowedText(row)}, not ${JSON.stringify(value)}; ${instead(row)}`,
      );
    } else {
      good.push([name, capped(row, value)]);
    }
  }
  const settings = Object.fromEntries(good);
  return { settings: isSettings(settings) ? settings : {}, warnings };
}

/** Settings as the file of key `place` states them, over the defaults. */
export function readSettings(
  stated: unknown,
  place: string,
): { settings: Settings; warnings: readonly string[] } {
  const { settings, warnings } = statedSettings(stated, (name) => `${place}.${name}`);
  return { settings: { ...DEFAULT_SETTINGS, ...settings }, warnings };
}

/** Whether a value can be saved under a setting's name. */
export function settingAllows(row: SettingRow, value: Json): boolean {
  return settingSchema(row).safeParse(value).success;
}

function isSettings(value: Readonly<Record<string, unknown>>): value is Partial<Settings> {
  return Object.entries(value).every(([name, each]) => {
    const row = settingRow(name);
    return row !== undefined && settingSchema(row).safeParse(each).success;
  });
}

function capped(row: SettingRow, value: unknown): unknown {
  if (typeof value !== "number") return value;
  if (row.name === "failover_retry_count" && value === 0) return 1;
  return row.cap === undefined ? value : Math.min(value, row.cap);
}

/** The schema of a setting, made from its row. */
export function settingSchema({ kind, meaning }: SettingRow): z.ZodMiniType {
  const described = z.describe(meaning);
  switch (kind.type) {
    case "whole":
      return z.int().check(z.gte(kind.min), z.lte(kind.max), described);
    case "flag":
      return z.boolean().check(described);
    case "choice":
      return z.enum(kind.values).check(described);
    case "statuses":
      return z.array(z.int().check(z.gte(kind.min), z.lte(kind.max))).check(described);
  }
}
